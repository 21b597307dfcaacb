import type { Job, StoredTopVariant } from "../core/job/mod.ts";

/** What somebody who watches a job is shown, read in one look. */
export interface JobSnapshot extends
  Pick<
    Job,
    | "jobId"
    | "state"
    | "stage"
    | "processedUnits"
    | "totalUnits"
    | "updatedAtMs"
    | "progressUpdatedAtMs"
    | "cancelRequestedAtMs"
    | "lastErrorJson"
  > {
  /** The row of rank 1, null as long as there is none. */
  readonly best: Pick<StoredTopVariant, "variantKey" | "totalReturnPct" | "payload" | "metrics"> | null;
}

/** Looks at many jobs at once, for those who watch them. */
export interface JobChanges {
  /**
   * The present snapshots of these jobs in one statement, without an owner filter and in no order; unknown ids are left
   * out. At most {@link snapshotsMax} ids. Rejects with `storage_unavailable` when the database does not answer.
   */
  look(jobIds: readonly string[]): Promise<readonly JobSnapshot[]>;
}

/** Jobs one look may ask for. */
export const snapshotsMax = 1000;
