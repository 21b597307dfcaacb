// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { type JobChanges, type JobSnapshot } from "../../src/ports/job_changes.ts";
import type { JobStore } from "./job_store.ts";
import { changesChecks, checked } from "../../src/ports/checked.ts";

/** Looks at many jobs in memory. */
export function memoryJobChanges(store: JobStore): JobChanges {
  return checked(changesChecks, {
    async look(jobIds) {
      return [...new Set(jobIds)].flatMap((jobId) => toSnapshot(store, jobId) ?? []);
    },
  });
}

function toSnapshot(store: JobStore, jobId: string): JobSnapshot | null {
  const job = store.jobs.get(jobId);
  if (job === undefined) return null;
  const best = store.topVariants.get(jobId)?.find(({ rank }) => rank === 1);
  return {
    jobId,
    state: job.state,
    stage: job.stage,
    processedUnits: job.processedUnits,
    totalUnits: job.totalUnits,
    updatedAtMs: job.updatedAtMs,
    progressUpdatedAtMs: job.progressUpdatedAtMs,
    cancelRequestedAtMs: job.cancelRequestedAtMs,
    lastErrorJson: job.lastErrorJson,
    best: best === undefined ? null : {
      variantKey: best.variantKey,
      totalReturnPct: best.totalReturnPct,
      payload: best.payload,
      metrics: best.metrics,
    },
  };
}
