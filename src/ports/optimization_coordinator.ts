import type { JobError, Lease } from "../core/job/mod.ts";
import type {
  NewTask,
  Optimization,
  OptimizationTask,
  StopReason,
  TopTask,
} from "../core/optimization/mod.ts";
import type { LeaseStatus } from "./job_queue.ts";

/** What a coordinator finds when it begins. */
export interface BegunOptimization {
  /** Null for a job that is no optimisation. */
  readonly optimization: Optimization | null;
  /** What an earlier attempt left, by `seq`; those that are open are adopted. */
  readonly tasks: readonly OptimizationTask[];
}

/** A task as its coordinator looks at it while it waits. */
export interface TaskOutcome extends Pick<OptimizationTask, "taskId" | "seq" | "status" | "score"> {
  /** Exactly when it has succeeded. */
  readonly result: Uint8Array | null;
  readonly resultSummaryId: string | null;
  /** Of a failed one. */
  readonly lastError: JobError | null;
}

/** What an early stop writes at once. */
export interface EarlyStop {
  readonly reason: StopReason;
  /** From now on the optimisation's numbers, whatever other tasks come to. */
  readonly tasksFinished: number;
  readonly topTasks: readonly TopTask[];
}

/**
 * The side of a claimed job that puts up tasks. Writes are fenced by the job's lease as in `JobQueue`: null changes nothing
 * and means that the lease is lost. Every terminal write of the job, whoever makes it (`JobQueue.finish`, `succeed`, a
 * cancelled give-back, spent attempts, `JobRepository.cancel`), also turns its open tasks into `cancelled`, sets all results
 * to NULL, and, unless it has stopped or succeeded, `tasksFinished` to the number of tasks that are over.
 */
export interface OptimizationCoordinator {
  /**
   * Reads what is there, and notes by what the tasks are computed. Tasks of another module are deleted, with what was counted
   * of them and the hash of the candles: their bytes must not be mixed with ours. A stop reason goes with them.
   */
  begin(lease: Lease, by: { readonly moduleHash: string }): Promise<BegunOptimization | null>;
  /**
   * Puts up a task, queued. One with the same `seq` that is there already is answered as it is, so that a lost reply does no
   * harm. Nothing is put up, and null answered, when the job has a stop reason.
   */
  addTask(lease: Lease, task: NewTask): Promise<OptimizationTask | null>;
  /** The tasks with these numbers, by `seq`; those that are not there are left out. Not fenced: it changes nothing. */
  readTasks(
    query: { readonly jobId: string; readonly seqs: readonly number[] },
  ): Promise<readonly TaskOutcome[]>;
  /** Stores why it stops, and turns all open tasks into `early-stopped`, in one transaction. A second one changes nothing. */
  stop(lease: Lease, stop: EarlyStop): Promise<LeaseStatus | null>;
}

/** Most numbers one {@link OptimizationCoordinator.readTasks} may ask for. */
export const tasksReadMax = 64;
