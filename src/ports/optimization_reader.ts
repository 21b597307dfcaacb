import type { Job, JobCursor } from "../core/job/mod.ts";
import type { Optimization, OptimizationStatus, OptimizationTask } from "../core/optimization/mod.ts";

/** An optimisation as it stands. */
export interface OptimizationState {
  readonly job: Job;
  readonly optimization: Optimization;
  /** Tasks that run now. */
  readonly tasksRunning: number;
  /** Who works on them, by name. */
  readonly workers: readonly string[];
}

/** One page of optimisations. */
export interface OptimizationPage {
  readonly items: readonly OptimizationState[];
  /** Null on the last page. */
  readonly nextCursor: JobCursor | null;
}

/** One page of tasks. */
export interface TaskPage {
  readonly items: readonly OptimizationTask[];
  /** `seq` to go on after; null on the last page. */
  readonly nextSeq: number | null;
}

/** Optimisations, for who shows them. Every method rejects with `storage_unavailable` when the database does not answer. */
export interface OptimizationReader {
  /** Reads without an owner filter; null where there is no such job, or one that is no optimisation. */
  get(jobId: string): Promise<OptimizationState | null>;
  /** The same of many in one statement, in no order; ids that are none are left out. At most {@link snapshotsMax} ids. */
  look(jobIds: readonly string[]): Promise<readonly OptimizationState[]>;
  /** `limit` 1..250, ordered `createdAt DESC, jobId DESC`; of everybody where `userId` is null. By `optimizationStatus`. */
  listForUser(query: {
    readonly userId: string | null;
    readonly limit: number;
    readonly status?: OptimizationStatus;
    readonly cursor?: JobCursor;
  }): Promise<OptimizationPage>;
  /** By `seq`, from the one after `afterSeq` on; `limit` 1..1000. Empty for a job that is no optimisation. */
  listTasks(
    query: { readonly jobId: string; readonly limit: number; readonly afterSeq?: number },
  ): Promise<TaskPage>;
}

/** Most tasks on a page. */
export const tasksPageMax = 1000;
