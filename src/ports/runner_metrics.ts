import type { ErrorCode } from "../core/errors/mod.ts";
import type { Stage } from "../core/job/mod.ts";

/** How processing of a claim ended; exactly one per claim. `released` and `retried` jobs are queued again. */
export type ClaimOutcome = "succeeded" | "failed" | "cancelled" | "lease_lost" | "released" | "retried";

/** What asking for a job came to; `failed` when the database did not answer. */
export type ClaimResult = "claimed" | "empty" | "failed";

/** A fenced write, by the name of its call. */
export type FencedWrite =
  | "heartbeat"
  | "progress"
  | "run_data"
  | "shortlist"
  | "snapshot"
  | "planes"
  | "succeed"
  | "finish"
  | "release"
  | "retry"
  | "begin"
  | "candles"
  | "task"
  | "stop"
  | "task_progress"
  | "task_result"
  | "task_release"
  | "task_retry"
  | "task_fail";

/** What the worker reports about itself. */
export interface RunnerMetrics {
  /** The queue was asked for a job. */
  claimAnswered(claim: { readonly result: ClaimResult; readonly seconds: number }): void;
  /** A job was claimed. `queueWaitSeconds` is null unless it is the job's first claim; `reclaim` after a dead worker. */
  jobClaimed(claim: { readonly queueWaitSeconds: number | null; readonly reclaim: boolean }): void;
  /** Processing of a claim ended. */
  jobProcessed(end: { readonly outcome: ClaimOutcome; readonly seconds: number }): void;
  /** A claim found a job whose workers died once too often and ended it as failed. */
  attemptsExhausted(): void;
  /** A job was put off because of an upstream failure with this code. */
  jobPutOff(cause: ErrorCode): void;
  /** The fence refused a write: the job is no longer this worker's. */
  writeRefused(write: FencedWrite): void;
  /** A stage that was entered has been left. */
  stageDone(stage: Stage, seconds: number): void;
}
