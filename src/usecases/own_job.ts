import { BacktestError } from "../core/errors/mod.ts";
import type { Job } from "../core/job/mod.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import { ownId } from "./own_id.ts";

/** Whose job is asked for. */
export interface JobQuery {
  readonly jobId: string;
  readonly userId: string;
  /** He may see everybody's jobs; false unless given. */
  readonly isOperator?: boolean;
}

/**
 * Reads a job and decides whether the caller may see it: missing is `not_found`, another user's is `forbidden`, unless the caller is an
 * operator.
 * Rejects with `validation_error` when the id is no UUID.
 */
export async function ownJob(jobs: JobRepository, query: JobQuery): Promise<Job> {
  const jobId = ownId("job", query.jobId);
  const job = await jobs.get(jobId);
  if (job === null) {
    throw new BacktestError("not_found", "Backtest job was not found", { details: { job_id: jobId } });
  }
  if (job.userId !== query.userId && !query.isOperator) {
    throw new BacktestError("forbidden", "Backtest job does not belong to current user", {
      details: { job_id: jobId },
    });
  }
  return job;
}
