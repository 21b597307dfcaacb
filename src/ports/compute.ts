import type { Timeline } from "../core/candles.ts";
import type { Replay } from "../core/execution.ts";
import type { SweepPlan } from "../core/plan.ts";

/** What one sweep computes on. */
export interface SweepInput {
  readonly timeline: Timeline;
  readonly plan: SweepPlan;
}

/**
 * Scores of one batch that can still matter: all whose score is at least `floor` and at least the `keep`-th best of the
 * batch, ties included, in no particular order.
 */
export interface Candidates {
  /** Stage A: `stageAIndex`. Stage B: `position * riskTotal + riskIndex`, position counted in the batch's `bases`. */
  readonly indexes: Float64Array<ArrayBuffer>;
  /** `total_return_pct`, bit-equal to what the replay of the same variant gives. */
  readonly scores: Float64Array<ArrayBuffer>;
  /** Compute time of the batch in ms, for sizing the next one. Results never depend on it. */
  readonly elapsedMs: number;
}

/** Which scores a batch should answer. */
export interface Selection {
  /** How many of the batch's best may matter, > 0. */
  readonly keep: number;
  /** Scores below it cannot matter; `-Infinity` for no floor. */
  readonly floor: number;
}

/** One sweep's columns and masks, loaded into the compute module(s). Calls may overlap up to `Compute.threads`. */
export interface ComputeSession extends AsyncDisposable {
  /** Scores base variants `[from, to)` without stop and target. */
  scoreBase(range: { readonly from: number; readonly to: number }, selection: Selection): Promise<Candidates>;
  /** Scores each of `bases` (stage A indexes) with every risk cell. */
  scoreRisk(bases: readonly number[], selection: Selection): Promise<Candidates>;
  /** The exact trades of one variant; `riskIndex` null means stop and target off. */
  replay(variant: { readonly stageAIndex: number; readonly riskIndex: number | null }): Promise<Replay>;
}

/** The compute module behind a pool of threads, or in process. */
export interface Compute extends AsyncDisposable {
  /** How many batches can run at the same time. */
  readonly threads: number;
  /**
   * Rejects with `validation_error` when an indicator has no signal rule or a signal parameter is missing, with
   * `backtest_job_runner_failed` when the module traps; the pool stays usable.
   */
  open(input: SweepInput): Promise<ComputeSession>;
}
