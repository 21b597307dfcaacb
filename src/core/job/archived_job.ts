import type { Idempotency } from "./idempotency.ts";
import { BacktestError } from "../errors/mod.ts";
import type { StoredWinnerPlanes } from "../grid/mod.ts";
import { canonicalJson, sha256Hex } from "../text/mod.ts";
import { isTerminal, type Job, type StoredShortlist, type StoredTopVariant } from "./job.ts";
import {
  requireNewJob,
  requirePlanes,
  requireShortlist,
  requireSnapshot,
  requireTopVariants,
} from "./job_arguments.ts";
import { requireRunData } from "./run_data.ts";

/** Everything that is stored about a job that has ended. Nothing of it ever changes again. */
export interface ArchivedJob {
  readonly job: Job;
  /** What makes its creation repeatable; null when it was created without a key. */
  readonly idempotency: Idempotency | null;
  /** In rank order. */
  readonly topVariants: readonly StoredTopVariant[];
  readonly shortlist: StoredShortlist | null;
  readonly planes: StoredWinnerPlanes | null;
}

/** What the head of an archive calls itself. */
export const archiveFormat = "backtest-job";

/** Version of the format that is written; lower ones are read, too. */
export const archiveVersion = 1;

/**
 * An archive as text: one line of JSON with format, version, the SHA-256 of the canonical content, and the content in
 * canonical form (`canonicalJson`). Equal jobs give equal texts.
 */
export function archiveText(archived: ArchivedJob): string {
  const content = canonicalJson(writtenForm(archived));
  const head = `"format":"${archiveFormat}","version":${archiveVersion},"sha256":"${sha256Hex(content)}"`;
  return `{${head},"content":${content}}\n`;
}

// what a release before this one left is written as that release wrote it
function writtenForm(archived: ArchivedJob): unknown {
  const topVariants = archived.topVariants.map(({ metrics, sameAs, ...row }) => ({
    ...row,
    ...(metrics === null ? {} : { metrics }),
    ...(sameAs === null ? {} : { sameAs }),
  }));
  const { runData, ...job } = archived.job;
  return { ...archived, job: runData === null ? job : archived.job, topVariants };
}

/** Whether two archives hold the same, to the last bit. */
export function sameArchive(a: ArchivedJob, b: ArchivedJob): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** Throws a TypeError unless an archive is one of an ended job, with rows of this job that can be stored. */
export function requireArchived({ job, topVariants, shortlist, planes }: ArchivedJob): void {
  requireNewJob(job);
  const refuse = (fact: string) => new TypeError(`Cannot store job "${job.jobId}": ${fact}`);
  if (!isTerminal(job.state)) {
    throw refuse(`it is ${job.state}, and only a job that has ended can be archived`);
  }
  const stranger = [...topVariants, shortlist, planes].find((row) => row !== null && row.jobId !== job.jobId);
  if (stranger) throw refuse(`a row belongs to job "${stranger.jobId}"`);
  if (job.runData) requireRunData(job.runData);
  if (job.state === "succeeded") requireTopVariants(topVariants);
  else requireSnapshot(topVariants);
  if (shortlist) requireShortlist(shortlist);
  if (planes) requirePlanes(planes);
}

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
