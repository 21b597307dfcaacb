import type { ArchivedJob } from "./archived_job.ts";
import { BacktestError } from "./errors.ts";
import type { Job } from "./job.ts";

/** The refusal to archive a job that still changes. */
export function notEnded({ jobId, state }: Job): BacktestError {
  return new BacktestError(
    "conflict",
    `Cannot export job "${jobId}": it is ${state}; wait for its end or cancel it`,
    { details: { job_id: jobId, state } },
  );
}

/** The refusal to restore a job over the one that is there, or, when none is, over another use of its key. */
export function archiveTaken({ job, idempotency }: ArchivedJob, present: ArchivedJob | null): BacktestError {
  const reason = present === null
    ? `its owner used the idempotency key "${idempotency?.key}" for another job`
    : `a job with this id is stored already, and it is another one (${present.job.state})`;
  return new BacktestError("conflict", `Cannot import job "${job.jobId}": ${reason}`, {
    details: { job_id: job.jobId },
  });
}
