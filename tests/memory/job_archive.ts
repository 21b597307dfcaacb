// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { type ArchivedJob, archiveTaken, isTerminal, notEnded, sameArchive } from "../../src/core/job/mod.ts";
import type { JobArchive } from "../../src/ports/job_archive.ts";
import { asStored, type JobStore } from "./job_store.ts";
import { archiveChecks, checked } from "../../src/ports/checked.ts";

/** Whole jobs in memory. */
export function memoryJobArchive(store: JobStore): JobArchive {
  return checked(archiveChecks, {
    async read(jobId) {
      const archived = readAll(store, jobId);
      if (archived && !isTerminal(archived.job.state)) throw notEnded(archived.job);
      return archived;
    },
    async restore(archived) {
      const { job, idempotency, topVariants, shortlist, planes } = asStored(archived);
      const { jobId } = job;
      const present = readAll(store, jobId);
      if (present && sameArchive(present, archived)) return "present";
      const key = idempotency && idempotencyEntry(job.userId, idempotency.key);
      if (present || (key !== null && store.idempotency.has(key))) throw archiveTaken(archived, present);
      store.jobs.set(jobId, job);
      if (key !== null) store.idempotency.set(key, { jobId, bodyHash: idempotency!.bodyHash });
      store.topVariants.set(jobId, topVariants);
      if (shortlist) store.shortlists.set(jobId, shortlist);
      if (planes) store.planes.set(jobId, planes);
      return "restored";
    },
  });
}

function readAll(store: JobStore, jobId: string): ArchivedJob | null {
  const job = store.jobs.get(jobId);
  if (!job) return null;
  const prefix = idempotencyEntry(job.userId, "");
  const created = [...store.idempotency].find(([, entry]) => entry.jobId === jobId);
  return {
    job,
    idempotency: created ? { key: created[0].slice(prefix.length), bodyHash: created[1].bodyHash } : null,
    topVariants: store.topVariants.get(jobId) ?? [],
    shortlist: store.shortlists.get(jobId) ?? null,
    planes: store.planes.get(jobId) ?? null,
  };
}

function idempotencyEntry(userId: string, key: string): string {
  return `${userId} ${key}`;
}
