import type { Run } from "../core/run/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { RunMetrics, RunOutcome } from "../ports/run_metrics.ts";
import type { RunRepository } from "../ports/run_repository.ts";
import type { RunSteps } from "../ports/run_steps.ts";
import type { RunSweeps } from "../ports/run_sweeps.ts";
import type { SignalReplay } from "../ports/signal_replay.ts";
import type { TapeCache } from "./tape_cache.ts";
import { loadTape, type RunTape, type TapeDeps } from "./tape.ts";

/** What runs are served with. */
export interface RunDeps extends TapeDeps {
  readonly runs: RunRepository;
  readonly steps: RunSteps;
  readonly sweeps: RunSweeps;
  readonly replay: SignalReplay;
  readonly tapes: TapeCache;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RunMetrics;
  /** Timeouts in a row after which a run is abandoned. */
  readonly timeoutHoldsMax: number;
  /** Is told of every run that has just succeeded here; must not throw. */
  readonly succeeded: (run: Run) => void;
}

/** The bars of a run that was loaded, from memory where they are there. Rejects as {@link loadTape} does. */
export async function tapeOf(run: Run, deps: RunDeps): Promise<RunTape> {
  return await deps.tapes.get(run, () => loadTape(run, deps));
}

/** Tells metrics, log and whoever makes baselines that a run has just ended here. */
export function tellEnded(
  run: Run,
  { deps, outcome = run.state as RunOutcome }: {
    readonly deps: Pick<RunDeps, "log" | "metrics" | "succeeded">;
    readonly outcome?: RunOutcome;
  },
): void {
  const { runId: run_id, kind, state, stepIndex: step_index } = run;
  const seconds = ((run.finishedAtMs ?? run.updatedAtMs) - run.createdAtMs) / 1000;
  deps.metrics.runEnded({ kind, outcome, seconds });
  const reason = run.lastErrorJson ?? run.cancelReason;
  deps.log.info("run_ended", { run_id, kind, state, step_index, ...(reason === null ? {} : { reason }) });
  if (state === "succeeded" && kind === "interactive") deps.succeeded(run);
}
