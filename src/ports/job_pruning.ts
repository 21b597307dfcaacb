import type { JobState } from "../core/job/mod.ts";

/** A state that a job never leaves. */
export type EndedState = Extract<JobState, "succeeded" | "failed" | "cancelled">;

/** Which ended jobs are meant. */
export interface PruneFilter {
  /** At least one. */
  readonly states: readonly EndedState[];
  /** Only those of this owner. */
  readonly userId?: string;
}

/** What a pruning would delete. */
export interface PruneSurvey {
  /** Jobs that ended before this time, by the database's clock, are meant. */
  readonly endedBeforeMs: number;
  /** One entry per state that has any, in the order of the filter. */
  readonly found: readonly {
    readonly state: EndedState;
    readonly jobs: number;
    /** When the first of them ended. */
    readonly oldestMs: number;
  }[];
}

/** A bounded piece of a pruning. */
export interface PruneBatch {
  readonly state: EndedState;
  readonly userId?: string;
  readonly endedBeforeMs: number;
  /** Jobs that ended before this time are passed over: where the batch before this one came to. */
  readonly endedFromMs?: number;
  /** Most jobs to delete, 1..1000. */
  readonly limit: number;
}

/** What a batch has done. */
export interface PrunedBatch {
  readonly deleted: number;
  /** When the last of them ended, rounded down to a ms; null without any. */
  readonly lastEndedMs: number | null;
}

/** A batch that deleted jobs which ended at these times. */
export function prunedBatch(endedMs: readonly number[]): PrunedBatch {
  return { deleted: endedMs.length, lastEndedMs: endedMs.length === 0 ? null : Math.max(...endedMs) };
}

/**
 * Deletes jobs that ended long ago. A queued or running job is never touched, nor is a saved strategy.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface JobPruning {
  /** Counts the jobs that ended more than `olderThanMs` (integer > 0) before now. */
  survey(filter: PruneFilter & { readonly olderThanMs: number }): Promise<PruneSurvey>;
  /**
   * Deletes jobs with all their rows and idempotency keys, those that ended first before others; 0 when none is left. A job
   * that somebody else deletes at the same time is left to them.
   */
  deleteBatch(batch: PruneBatch): Promise<PrunedBatch>;
}

/** Most jobs one batch may delete. */
export const pruneBatchMax = 1000;
