import type { Timeline } from "../core/bars/mod.ts";
import type { Replay } from "../core/execution/mod.ts";
import type { SweepPlan } from "../core/grid/mod.ts";
import type { ReportedVariant, ReportWish } from "../core/report/mod.ts";

/** What one sweep computes on. */
export interface SweepInput {
  readonly timeline: Timeline;
  readonly plan: SweepPlan;
  /** Bytes it may hold in all threads together, inclusive; see core/grid/held_memory.ts. No limit without it. */
  readonly maxBytes?: number;
  /**
   * Aborts when nobody wants the results any more. What is under way then ends within about a second, what has not ended by
   * itself by rejecting with the signal's reason, and so does every later call. A compute without threads of its own cannot be
   * interrupted: its calls block whoever would abort.
   */
  readonly signal?: AbortSignal;
}

/**
 * What can still matter of one batch: all variants whose score is at least `floor` and at least the `keep`-th best of the
 * batch, ties included, in no particular order. A score is the goodness of the plan's primary ranking metric (see
 * core/ranking/ranking_metric.ts); every figure is bit-equal to what the replay of the same variant gives. A ruined variant (see
 * core/execution/ruin.ts) matters only where a missing score does.
 */
export interface Candidates {
  /** Stage A: `stageAIndex`. Stage B: `position * riskTotal + riskIndex`, position counted in the batch's `bases`. */
  readonly indexes: Float64Array<ArrayBuffer>;
  /** Never NaN; `-Infinity` where the metric is missing. */
  readonly scores: Float64Array<ArrayBuffer>;
  /** Goodness of the secondary metric; null without one. */
  readonly secondary: Float64Array<ArrayBuffer> | null;
  /** `total_return_pct`; the array of the scores itself in a plan that is ranked by nothing else. */
  readonly returns: Float64Array<ArrayBuffer>;
  /** Compute time of the batch in ms, for sizing the next one. Results never depend on it. */
  readonly elapsedMs: number;
}

/** Digests of trade lists in the order they were asked for. */
export interface TradeDigests {
  /** SHA-256, hex. */
  readonly digests: readonly string[];
  /** Compute time in ms, for sizing batches. */
  readonly elapsedMs: number;
}

/** Which scores a batch should return. */
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
  /** The exact trades of one variant. */
  replay(variant: VariantPoint): Promise<Replay>;
  /** What tells the trades of each of `variants`: equal digests are equal trade lists, to the last bit. */
  digestTrades(variants: readonly VariantPoint[]): Promise<TradeDigests>;
  /** Replay and report of one variant, both made where the scores are made. */
  report(variant: VariantPoint, wish: ReportWish): Promise<ReportedVariant>;
}

/** A variant of the plan; `riskIndex` null means stop and target off. */
export interface VariantPoint {
  readonly stageAIndex: number;
  readonly riskIndex: number | null;
}

/** The compute module behind a pool of threads, or in process. */
export interface Compute extends AsyncDisposable {
  /** How many batches can run at the same time. */
  readonly threads: number;
  /**
   * Rejects with `validation_error` when an indicator has no signal rule, a signal parameter is missing or more memory
   * would be held than is allowed, with the reason of a signal that aborts meanwhile, with
   * `backtest_job_runner_failed` when the module traps; the pool stays usable.
   */
  open(input: SweepInput): Promise<ComputeSession>;
}
