import type { Idempotency, Job, JobCursor, JobState, NewJob } from "../core/job/mod.ts";
import type { NewOptimization } from "../core/optimization/mod.ts";

/** One page of a user's jobs. */
export interface JobPage {
  readonly items: readonly Job[];
  /** Null on the last page. */
  readonly nextCursor: JobCursor | null;
}

/**
 * The submitting side of the queue. Nothing here can write what belongs to a worker.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface JobRepository {
  /**
   * Stores a queued job and counts the owner's active ones in the same transaction under a per-owner lock.
   * Rejects with `validation_error` (item `quota_exceeded`) when `maxActive` are already queued or running.
   *
   * With a key that the owner used before, nothing is stored and counted: the earlier job is returned, or the
   * rejection is `conflict` when another body came with it.
   *
   * `traceId` is kept beside the job for whoever reads the logs; it is no part of what the job is. `optimization` is stored
   * with it, in the same transaction.
   */
  create(
    job: NewJob,
    options: {
      readonly maxActive: number;
      readonly idempotency?: Idempotency;
      readonly traceId?: string;
      readonly optimization?: NewOptimization;
    },
  ): Promise<Job>;
  /** The job the user created with this key, null when there is none. Rejects with `conflict` as `create` does. */
  findCreated(query: Idempotency & { readonly userId: string }): Promise<Job | null>;
  /** Reads without an owner filter, so that the caller can tell missing from foreign. */
  get(jobId: string): Promise<Job | null>;
  /** `limit` 1..250, ordered `createdAt DESC, jobId DESC`; of everybody where `userId` is null. */
  listForUser(
    query: {
      readonly userId: string | null;
      readonly limit: number;
      readonly state?: JobState;
      readonly cursor?: JobCursor;
    },
  ): Promise<JobPage>;
  /**
   * Queued: cancelled at once. Running: `cancelRequestedAtMs` is set (the first request's time is kept). Terminal:
   * returned unchanged. Null when the user has no such job.
   */
  cancel(query: { readonly jobId: string; readonly userId: string }): Promise<Job | null>;
  /** Queued plus running jobs. */
  countActiveForUser(userId: string): Promise<number>;
}
