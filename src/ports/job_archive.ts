import type { ArchivedJob } from "../core/job/mod.ts";

/** What became of a restored job: it was stored, or an equal one was there already. */
export type Restored = "restored" | "present";

/**
 * Whole jobs, out of the tables and back into them.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface JobArchive {
  /**
   * Everything stored about a job, as of one moment; null when there is no such job. Rejects with `conflict` while the
   * job has not ended, as what is stored still changes.
   */
  read(jobId: string): Promise<ArchivedJob | null>;
  /**
   * Stores a job with all its rows and times as they were, or nothing. Rejects with `conflict` when another job has the
   * id, or has the idempotency key with the same owner. Throws a TypeError for an archive that no job can have left.
   */
  restore(archived: ArchivedJob): Promise<Restored>;
}
