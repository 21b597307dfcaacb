// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { type TopVariant } from "../../src/core/job/mod.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import { asStored, type JobStore, leasedJob } from "./job_store.ts";
import { checked, resultsChecks } from "../../src/ports/checked.ts";

/** The result rows in memory. */
export function memoryJobResults(store: JobStore): JobResults {
  return checked(resultsChecks, {
    async replaceTopVariants(lease, rows) {
      if (!leasedJob(store, lease)) return false;
      writeTopVariants(store, { jobId: lease.jobId, rows });
      return true;
    },
    async listTopVariants(jobId, limit) {
      return (store.topVariants.get(jobId) ?? []).slice(0, limit);
    },
    async saveShortlist(lease, shortlist) {
      if (!leasedJob(store, lease)) return false;
      const { jobId } = lease;
      store.shortlists.set(jobId, asStored({ ...shortlist, jobId, updatedAtMs: store.clock.nowMs() }));
      return true;
    },
    async getShortlist(jobId) {
      return store.shortlists.get(jobId) ?? null;
    },
    async savePlanes(lease, planes) {
      if (!leasedJob(store, lease)) return false;
      const { jobId } = lease;
      store.planes.set(jobId, asStored({ ...planes, jobId, updatedAtMs: store.clock.nowMs() }));
      return true;
    },
    async getPlanes(jobId) {
      return store.planes.get(jobId) ?? null;
    },
  });
}

/** Replaces all rows of a job. */
export function writeTopVariants(
  store: JobStore,
  options: { readonly jobId: string; readonly rows: readonly TopVariant[] },
): void {
  const { jobId, rows } = options;
  const updatedAtMs = store.clock.nowMs();
  const ranked = rows.toSorted((a, b) => a.rank - b.rank).map((row) => ({ ...row, jobId, updatedAtMs }));
  store.topVariants.set(jobId, asStored(ranked));
}
