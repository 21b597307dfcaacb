import type { VariantPayload } from "../grid/mod.ts";
import type { JobError, Stage } from "../job/mod.ts";
import type { Direction, OptimizationStatus, TopTask } from "./optimization.ts";

/** Stages that are cut into tasks. */
export type TaskStage = Exclude<Stage, "finalizing">;

/** Where a task stands. */
export type TaskStatus = OptimizationStatus;

/** What a task covers, as stored and answered. */
export interface TaskParams {
  readonly stage: TaskStage;
  /** Half-open range of the stage's units: base variants, or positions among the expanded ones. */
  readonly from: number;
  readonly to: number;
  readonly first: VariantPayload;
  readonly last: VariantPayload;
}

/** A task as it is put up by the coordinator. */
export interface NewTask {
  /** UUID v4, lower case. */
  readonly taskId: string;
  /** From 0, over both stages; unique within the job. */
  readonly seq: number;
  readonly stage: TaskStage;
  readonly fromUnit: number;
  readonly toUnit: number;
  /** How many of its best may matter, >= 1. */
  readonly keep: number;
  /** Scores below it cannot matter; null for no floor. */
  readonly floor: number | null;
  readonly params: TaskParams;
}

/** A stored task, without its result. Times are epoch milliseconds UTC of the database clock. */
export interface OptimizationTask extends NewTask {
  readonly jobId: string;
  readonly status: TaskStatus;
  /** The primary metric of its best variant; `Infinity` is a profit factor without a loss. Null in stage_a. */
  readonly score: number | null;
  readonly resultSummaryId: string | null;
  /** 0..1 */
  readonly progress: number;
  readonly retries: number;
  /** Claims so far: the fence. Only ever grows. */
  readonly attempt: number;
  /** Who claimed it last; stays when the lease is gone. */
  readonly worker: string | null;
  /** Set exactly while it runs. */
  readonly lockedBy: string | null;
  readonly leaseExpiresAtMs: number | null;
  /** A queued task is not claimed before this time; null: at once. */
  readonly notBeforeMs: number | null;
  readonly lastError: JobError | null;
  readonly createdAtMs: number;
  /** Of the first claim. */
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
}

/** The fence of every write of who works on a task. */
export interface TaskLease {
  readonly taskId: string;
  readonly jobId: string;
  readonly lockedBy: string;
  readonly attempt: number;
}

/** What a task has come to. */
export interface TaskResult {
  /** See `encodeTaskResult`. */
  readonly result: Uint8Array;
  /** Null in stage_a, and where the metric is missing. */
  readonly score: number | null;
  /** Key of the best variant; null in stage_a. */
  readonly resultSummaryId: string | null;
  /** The task's entry in the summary's list; null for one without a score. */
  readonly top: TopTask | null;
  /** In which direction the list is ordered. */
  readonly direction: Direction;
}

const open: readonly TaskStatus[] = ["queued", "running"];

/** Whether a task is still to be done. */
export function isOpenTask({ status }: Pick<OptimizationTask, "status">): boolean {
  return open.includes(status);
}

/** How often a task may be started again unless the config says otherwise. */
export const taskRetriesDefault = 5;

/** Whether a task that failed, or whose worker died, may be started once more. */
export function hasTaskRetryLeft(
  { retries }: Pick<OptimizationTask, "retries">,
  maxRetries: number,
): boolean {
  return retries < maxRetries;
}

/** Why a task ended whose lease ran out when it had no retry left. */
export function taskRetriesExhausted(maxRetries: number): JobError {
  const message = `Cannot run the task: it was started ${
    maxRetries + 1
  } times, the last worker ended without a word`;
  return {
    code: "attempts_exhausted",
    message,
    details: {
      error_class: "InternalError",
      exception_type: "attempts_exhausted",
      max_retries: maxRetries,
      message,
    },
  };
}

/** What a coordinator is told that puts up more tasks than its limit allows: it has to wait until one is over. */
export function gateFull({ jobId, seq }: { readonly jobId: string; readonly seq: number }): Error {
  return new Error(`Cannot add task ${seq} of optimization "${jobId}": as many as its limit allows are open`);
}
