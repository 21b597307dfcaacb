import type { JobArchive, Restored } from "../ports/job_archive.ts";
import { parseArchive } from "../answers/archived_job.ts";

/** What an import did with which job. */
export interface ImportedJob {
  readonly jobId: string;
  readonly state: string;
  readonly topVariants: number;
  /** `present`: an equal job was there, nothing was written. */
  readonly outcome: Restored;
}

/**
 * Restores the job of an archive's text with all its rows, or nothing. Rejects with `validation_error` for a text that
 * is none, naming `file`, and with `conflict` when another job has its id or its idempotency key.
 */
export async function importJob(
  archive: JobArchive,
  source: { readonly text: string; readonly file: string },
): Promise<ImportedJob> {
  const archived = parseArchive(source.text, source.file);
  const outcome = await archive.restore(archived);
  const { jobId, state } = archived.job;
  return { jobId, state, topVariants: archived.topVariants.length, outcome };
}
