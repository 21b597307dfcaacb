import type { StoredWinnerPlanes, WinnerPlanes } from "../core/grid/mod.ts";
import type { Lease, Shortlist, StoredShortlist, StoredTopVariant, TopVariant } from "../core/job/mod.ts";

/** Result rows of a job. Writes are fenced as in `JobQueue` and answer false when the lease is lost. */
export interface JobResults {
  /** Replaces all rows of the job, all or nothing; `rows` may be empty. False leaves the old rows. */
  replaceTopVariants(lease: Lease, rows: readonly TopVariant[]): Promise<boolean>;
  /** Ordered `rank ASC, variantKey ASC`; `limit` > 0. */
  listTopVariants(jobId: string, limit: number): Promise<readonly StoredTopVariant[]>;
  /** Inserts or replaces the job's one shortlist. */
  saveShortlist(lease: Lease, shortlist: Shortlist): Promise<boolean>;
  getShortlist(jobId: string): Promise<StoredShortlist | null>;
  /** Inserts or replaces the planes around the job's winner. */
  savePlanes(lease: Lease, planes: WinnerPlanes): Promise<boolean>;
  getPlanes(jobId: string): Promise<StoredWinnerPlanes | null>;
}
