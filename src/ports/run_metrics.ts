import type { EndedState, RunKind, StepSource } from "../core/run/mod.ts";

/** How a run ended, as it is counted: `stale` where nobody worked on it any more. */
export type RunOutcome = EndedState | "stale";

/** What a process reports of the runs that it serves. */
export interface RunMetrics {
  stepsClosed(source: StepSource, count: number): void;
  /** From the opening of a step to the decision that closed it. */
  decided(seconds: number): void;
  /** From its creation to its end. */
  runEnded(end: { readonly kind: RunKind; readonly outcome: RunOutcome; readonly seconds: number }): void;
  /** How long a pass of the reaper took. */
  reaped(seconds: number): void;
}

/** Reports nothing. */
export const noRunMetrics: RunMetrics = {
  stepsClosed() {},
  decided() {},
  runEnded() {},
  reaped() {},
};
