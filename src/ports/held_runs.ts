import type { Run, RunEnd, RunPhase } from "../core/run/mod.ts";

/** Which run a process works on. A write of somebody who does not hold it, or not any more, changes nothing. */
export interface Hold {
  readonly runId: string;
  readonly holder: string;
}

/**
 * What the process that works on a run may do to it: everything is guarded by its hold, which `RunRepository.create` gave.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface HeldRuns {
  /** Says that the process still works on these runs, of which it may have lost some; returns those it holds. */
  heartbeat(holder: string, runIds: readonly string[]): Promise<readonly string[]>;
  /** Goes on to a phase of a scenario, or begins its first one. Null when the hold is lost. */
  advance(hold: Hold, phase: RunPhase): Promise<Run | null>;
  /** Lets a loaded interactive run wait for its agent, who has the first step open from now on. Null when it is lost. */
  ready(
    hold: Hold,
    loaded: LoadedBars,
  ): Promise<Run | null>;
  /** Ends the run. Null when the hold is lost. */
  end(hold: Hold, end: RunEnd): Promise<Run | null>;
}

/** What a run was loaded with. */
export interface LoadedBars {
  readonly totalSteps: number;
  readonly sliceBars: number;
  readonly candlesHash: string;
  readonly loadedJson: Readonly<Record<string, unknown>>;
}

/** Most runs of one heartbeat. */
export const heldRunsMax = 10_000;
