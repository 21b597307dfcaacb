import type { Job, JobError, JobState, Lease, RunData, Stage, TopVariant } from "../core/job/mod.ts";

/** What a worker learns from every write that found its lease alive. */
export interface LeaseStatus {
  readonly cancelRequestedAtMs: number | null;
  readonly leaseExpiresAtMs: number;
}

/** Progress inside one stage; `processedUnits <= totalUnits` unless `totalUnits` is 0. */
export interface Progress {
  readonly stage: Stage;
  readonly processedUnits: number;
  readonly totalUnits: number;
}

/** How a worker ends a job without a result. `succeeded` goes through {@link JobQueue.succeed}. */
export type Ending =
  | { readonly state: "cancelled" }
  | { readonly state: "failed"; readonly error: JobError };

/** What an ending tells of its job. */
export type EndedJob = Pick<Job, "jobId" | "state" | "finishedAtMs" | "updatedAtMs">;

/** In which order queued jobs are claimed: by age, or from their owners in turn and by age within an owner. */
export type ClaimPolicy = "fifo" | "fair";

/** Who claims, for how long, and by which rules. */
export interface ClaimRequest {
  readonly lockedBy: string;
  readonly leaseSeconds: number;
  /** How often a job may be started before it counts as poison; 3 unless told. */
  readonly maxAttempts?: number;
  /** `fifo` unless told. */
  readonly policy?: ClaimPolicy;
}

/**
 * The worker's side of the queue. Every write is fenced: it changes nothing and returns null (the lease is lost) unless
 * job, owner and attempt match, the job is running and the lease has not expired on the database clock. The caller must
 * then stop touching the job.
 *
 * Argument errors (blank owner, counters that are not integers >= 0, `processedUnits > totalUnits`) are programmer's
 * errors and throw before any statement is sent. A database that does not answer rejects with `storage_unavailable`.
 */
export interface JobQueue {
  /**
   * Takes a queued job whose time has come, or a running one whose lease has expired, which spends one of its retries:
   * whichever was created first, or, in fair order, the running one. Null when nothing is claimable. Two claimers never
   * get the same job.
   *
   * A job without a retry left is not started again: it ends as `failed` with code `attempts_exhausted` and is answered
   * in that state, once, for the log and the metrics. There is no lease on it. A job whose cancel was requested is
   * started all the same, to end as cancelled.
   */
  claimNext(claim: ClaimRequest): Promise<Job | null>;
  /** Reads whether the lease is alive and whether a cancel was requested; writes nothing. */
  check(lease: Lease): Promise<LeaseStatus | null>;
  /**
   * State of the job as this attempt left it, for a writer whose reply was lost; null once another attempt has begun.
   * Only the holder of an attempt can have ended the job in it.
   */
  getState(attempt: Pick<Lease, "jobId" | "attempt">): Promise<JobState | null>;
  /** Extends the lease to now + `leaseSeconds`. */
  heartbeat(lease: Lease, options: { readonly leaseSeconds: number }): Promise<LeaseStatus | null>;
  /** Does not extend the lease. */
  updateProgress(lease: Lease, progress: Progress): Promise<LeaseStatus | null>;
  /**
   * Stores what the run has found out about its candles; what an attempt before stored is replaced. On a schema without
   * the columns, which workers put up with, nothing is stored.
   */
  saveRunData(lease: Lease, runData: RunData): Promise<LeaseStatus | null>;
  /** Clears the lease and writes the terminal state; returns what that has changed, but not the rest of the job. */
  finish(lease: Lease, ending: Ending): Promise<EndedJob | null>;
  /** Replaces the result rows and writes `succeeded` in one transaction. */
  succeed(lease: Lease, rows: readonly TopVariant[]): Promise<Job | null>;
  /**
   * Gives the job back: `queued`, stage and counters reset, lease and start cleared, `attempt` and `retries` kept. A job
   * whose cancel was requested ends as `cancelled` instead. With a delay (integer >= 0) nobody claims it before.
   */
  release(lease: Lease, options?: { readonly delayMs: number }): Promise<Job | null>;
  /**
   * The attempts that are on record as this name's, for a worker whose claim got no answer: those that run, lease expired or
   * not, and those of jobs not over that a take-over has counted as a silent death. By job and attempt.
   */
  listAttempts(lockedBy: string): Promise<readonly Lease[]>;
  /**
   * The word of a worker that lives and has lost its lease, because it was cut off from the database: as
   * {@link JobQueue.release} when nobody has taken the job over yet, although the lease has expired; else the retry that
   * the take-over has spent comes back. Null when there is nothing to give back: the job has ended, or it was done before.
   */
  surrender(lease: Lease): Promise<Job | null>;
  /** As {@link JobQueue.release}, but spends a retry, and the job is not claimed for another `delayMs` (integer >= 0). */
  retry(lease: Lease, options: { readonly delayMs: number }): Promise<Job | null>;
}
