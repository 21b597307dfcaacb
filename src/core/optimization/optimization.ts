import type { VariantPayload } from "../grid/mod.ts";
import type { Job } from "../job/mod.ts";
import type { RankingMetric } from "../ranking/mod.ts";

/** Where an optimisation stands; a task has the same words. The last four are terminal. */
export type OptimizationStatus =
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "early-stopped"
  | "cancelled";

/** All of them, in the order error messages list them. */
export const optimizationStatuses: readonly OptimizationStatus[] = [
  "queued",
  "running",
  "succeeded",
  "failed",
  "early-stopped",
  "cancelled",
];

/** Which way is better: `max` for a return, `min` for a drawdown. */
export type Direction = "max" | "min";

/** When an optimisation is good enough, as sent, stored and answered. */
export interface EarlyStopPolicy {
  readonly metric: RankingMetric;
  /** Finite; reached when it is equalled. */
  readonly threshold: number;
  readonly mode: Direction;
}

/** A score as JSON has it: an infinite profit factor is null and says so beside it. */
export interface ShownScore {
  readonly score: number | null;
  readonly score_infinite?: true;
}

/** Why an optimisation stopped before its last task, as stored and answered. */
export interface StopReason extends ShownScore {
  readonly kind: "early_stop_threshold";
  readonly metric: RankingMetric;
  readonly mode: Direction;
  readonly threshold: number;
  readonly task_id: string;
  readonly seq: number;
}

/** A task by its best variant, as stored and answered. */
export interface TopTask extends ShownScore {
  readonly task_id: string;
  readonly seq: number;
  /** Key of the task's best variant. */
  readonly result_summary_id: string;
  readonly variant: VariantPayload;
}

/** What makes a job an optimisation, as it is submitted. */
export interface NewOptimization {
  /** Tasks that may be queued or running at the same time, 1..64. */
  readonly concurrencyLimit: number;
  readonly earlyStop: EarlyStopPolicy | null;
  /** Length of the summary's list, >= 1. */
  readonly topN: number;
  /** How tasks are cut; see `taskCount`. As configured at submission, so that every coordinator cuts the same. */
  readonly taskVariants: number;
  readonly tasksMax: number;
  /** Of both stages. */
  readonly tasksTotal: number;
}

/** A stored optimisation: the companion of the job with the same id, and gone with it. */
export interface Optimization extends NewOptimization {
  readonly jobId: string;
  /** What its tasks are computed by (`engineHash`); null until a coordinator has begun. */
  readonly moduleHash: string | null;
  /** Of the candles its tasks are computed on; null until they were loaded. */
  readonly candlesHash: string | null;
  /**
   * Tasks with a result; frozen by a stop, and the number of all that are over in any way once the job has ended as
   * cancelled or failed.
   */
  readonly tasksFinished: number;
  /** The best tasks with a score, best first; see `mergeTopTasks`. */
  readonly topTasks: readonly TopTask[];
  readonly stopReason: StopReason | null;
}

/** An optimisation's status, of the states of its job and of why it stopped. */
export function optimizationStatus(
  { state }: Pick<Job, "state">,
  { stopReason }: Pick<Optimization, "stopReason">,
): OptimizationStatus {
  return state === "succeeded" && stopReason !== null ? "early-stopped" : state;
}

/** A score that JSON can hold. */
export function shownScore(score: number | null): ShownScore {
  return score === Infinity ? { score: null, score_infinite: true } : { score };
}

/** The score that was shown. */
export function scoreOf({ score, score_infinite }: ShownScore): number | null {
  return score_infinite ? Infinity : score;
}
