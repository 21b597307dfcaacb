import { BacktestError } from "../core/errors/mod.ts";
import type { Job } from "../core/job/mod.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import { type JobQuery, ownJob } from "./own_job.ts";

/**
 * Cancels a queued job at once and asks a running one to stop at its next boundary. A terminal job comes back
 * unchanged. Repeating it is harmless.
 */
export async function cancelJob(jobs: JobRepository, query: JobQuery): Promise<Job> {
  // of its owner, whoever cancels it
  const { jobId, userId } = await ownJob(jobs, query);
  const job = await jobs.cancel({ jobId, userId });
  if (job === null) {
    throw new BacktestError("not_found", "Backtest job was not found", { details: { job_id: jobId } });
  }
  return job;
}
