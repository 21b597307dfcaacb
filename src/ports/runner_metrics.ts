import type { Stage } from "../core/job.ts";

/** How processing of a claim ended; exactly one per claim. `released` and `retried` jobs are queued again. */
export type ClaimOutcome = "succeeded" | "failed" | "cancelled" | "lease_lost" | "released" | "retried";

/** What the worker reports about itself. */
export interface RunnerMetrics {
  /** A job was claimed. `queueWaitSeconds` is null unless it is the job's first claim; `reclaim` after a dead worker. */
  jobClaimed(claim: { readonly queueWaitSeconds: number | null; readonly reclaim: boolean }): void;
  /** Processing of a claim ended. */
  jobProcessed(end: { readonly outcome: ClaimOutcome; readonly seconds: number }): void;
  /** A claim found a job whose workers died once too often and ended it as failed. */
  attemptsExhausted(): void;
  /** A stage that was entered has been left. */
  stageDone(stage: Stage, seconds: number): void;
}
