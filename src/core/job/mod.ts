/**
 * A job's life: states, arguments, retries, quotas, archive.
 * @module
 */
export {
  type ArchivedJob,
  archiveFormat,
  archiveTaken,
  archiveText,
  archiveVersion,
  notEnded,
  requireArchived,
  sameArchive,
} from "./archived_job.ts";
export { type Idempotency, idempotencyConflict, idempotencyKey, idempotencyOf } from "./idempotency.ts";
export { cancelledRun } from "./cancelled_run.ts";
export {
  canTransition,
  isActive,
  isTerminal,
  type Job,
  type JobError,
  type JobState,
  jobStates,
  type Lease,
  type NewJob,
  type Shortlist,
  type Stage,
  stages,
  type StoredShortlist,
  type StoredTopVariant,
  type TopVariant,
} from "./job.ts";
export {
  requireClaim,
  requireEnding,
  requireInteger,
  requireLease,
  requireNewJob,
  requireOwner,
  requirePlanes,
  requireProgress,
  requireShortlist,
  requireSnapshot,
  requireTopVariants,
  requireTraceId,
  requireUuid,
} from "./job_arguments.ts";
export { decodeJobCursor, encodeJobCursor, type JobCursor } from "./job_cursor.ts";
export { type JobQuotas, quotaExceeded, quotaOf } from "./job_quota.ts";
export { jobTerms } from "./job_terms.ts";
export { type Pace, ProgressRate } from "./progress_rate.ts";
export { attemptsExhausted, attemptsMaxDefault, backoffMs, hasRetryLeft } from "./retry.ts";
export { inRunDataOrder, requireRunData, type RunData } from "./run_data.ts";
export { snapshotDue } from "./snapshot_cadence.ts";
