import { BacktestError } from "../core/errors/mod.ts";
import { archiveText } from "../core/job/mod.ts";
import type { JobArchive } from "../ports/job_archive.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import { type JobQuery, ownJob } from "./own_job.ts";

/**
 * Everything of an ended job as the text of an archive; equal jobs give equal texts. Rejects as `ownJob` does for a job
 * that is missing or another user's, and with `conflict` for one that has not ended.
 */
export async function exportJob(
  stores: { readonly jobs: JobRepository; readonly archive: JobArchive },
  query: JobQuery,
): Promise<string> {
  const { jobId } = await ownJob(stores.jobs, query);
  const archived = await stores.archive.read(jobId);
  if (archived === null) {
    throw new BacktestError("not_found", "Backtest job was not found", { details: { job_id: jobId } });
  }
  return archiveText(archived);
}
