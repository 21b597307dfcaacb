import type { Job, JobError } from "../core/job/mod.ts";
import type { Optimization, OptimizationTask, TaskLease, TaskResult } from "../core/optimization/mod.ts";

/** Who asks for a task, for how long, and what he computes with. */
export interface TaskClaim {
  readonly lockedBy: string;
  readonly leaseSeconds: number;
  /** How often a task may be started again, >= 0. */
  readonly maxRetries: number;
  /** Only tasks of optimisations that are computed by the same one. */
  readonly moduleHash: string;
  /** Only tasks of this job: a coordinator works on its own ones. */
  readonly jobId?: string;
}

/**
 * What a claim came to: a task that runs now; one that had no retry left and was ended as failed by this claim, once, for
 * the log and the metrics; or none, with a job whose tasks another module has to compute, if there is one.
 */
export type ClaimedTask =
  | { readonly kind: "claimed"; readonly task: OptimizationTask; readonly reclaim: boolean }
  | { readonly kind: "exhausted"; readonly task: OptimizationTask }
  | { readonly kind: "none"; readonly otherModule: string | null };

/** What a worker learns from every write that found its lease on the task alive. */
export interface TaskLeaseStatus {
  readonly leaseExpiresAtMs: number;
  /** Of the job: its tasks are of no use any more. */
  readonly cancelRequestedAtMs: number | null;
}

/** A task's job, for who helps with it. */
export interface HelpedJob {
  readonly job: Job;
  readonly optimization: Optimization;
}

/**
 * The side of who works on tasks. Every write is fenced: it changes nothing and answers null unless task, job, owner and
 * attempt match, the task is running, its lease has not expired on the database clock, the job is not terminal and has no
 * stop reason. Argument errors throw before any statement is sent; a database that does not answer rejects with
 * `storage_unavailable`.
 */
export interface TaskQueue {
  /**
   * Takes a queued task whose time has come, or a running one whose lease has expired, which spends a retry: of the oldest job
   * first (`createdAt`, `jobId`), then by `seq`. Tasks of jobs that are terminal, whose cancel was requested, or that have
   * stopped are left alone. Two claimers never get the same task.
   */
  claimTask(claim: TaskClaim): Promise<ClaimedTask>;
  /** Reads whether the lease is alive; writes nothing. */
  check(lease: TaskLease): Promise<TaskLeaseStatus | null>;
  /** Extends the lease to now + `leaseSeconds`. */
  heartbeat(lease: TaskLease, options: { readonly leaseSeconds: number }): Promise<TaskLeaseStatus | null>;
  /** 0..1; does not extend the lease. */
  updateProgress(lease: TaskLease, progress: number): Promise<TaskLeaseStatus | null>;
  /**
   * `succeeded`, with the result; in the same transaction the optimisation's `tasksFinished` grows by one and its `topTasks`
   * take the task's entry in (`mergeTopTasks`). Answers as it stands afterwards.
   */
  complete(lease: TaskLease, result: TaskResult): Promise<OptimizationTask | null>;
  /** Queued again, retries as they were: the worker stops. */
  release(lease: TaskLease): Promise<OptimizationTask | null>;
  /** Queued again with a retry spent and the error noted, not claimed for another `delayMs` (integer >= 0). */
  retry(
    lease: TaskLease,
    options: { readonly delayMs: number; readonly error: JobError },
  ): Promise<OptimizationTask | null>;
  /** `failed`, for good. */
  fail(lease: TaskLease, error: JobError): Promise<OptimizationTask | null>;
  /** State as this attempt left it, for a writer whose reply was lost; null once another attempt has begun. */
  getStatus(attempt: Pick<TaskLease, "taskId" | "attempt">): Promise<OptimizationTask["status"] | null>;
  /** Null when the job is gone. */
  readJob(jobId: string): Promise<HelpedJob | null>;
  /**
   * The hash of the candles that the optimisation is computed on: what was noted first, so this one if there is none yet.
   * Null when the job is gone, or over before any was noted.
   */
  confirmCandles(jobId: string, candlesHash: string): Promise<string | null>;
}
