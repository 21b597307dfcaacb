// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { type Job } from "../../src/core/job/mod.ts";
import { type JobPruning, prunedBatch, type PruneFilter } from "../../src/ports/job_pruning.ts";
import type { JobStore } from "./job_store.ts";
import { forgetTasks } from "./task_store.ts";
import { checked, pruningChecks } from "../../src/ports/checked.ts";

/** The deletion of old jobs in memory. */
export function memoryJobPruning(store: JobStore): JobPruning {
  const old = ({ states, userId }: PruneFilter, endedBeforeMs: number): readonly Job[] =>
    [...store.jobs.values()].filter((job) =>
      states.some((state) => state === job.state) && job.finishedAtMs !== null &&
      job.finishedAtMs < endedBeforeMs && (userId === undefined || job.userId === userId)
    );
  return checked(pruningChecks, {
    async survey(filter) {
      const endedBeforeMs = store.clock.nowMs() - filter.olderThanMs;
      const found = filter.states.flatMap((state) => {
        const ends = old({ ...filter, states: [state] }, endedBeforeMs).map((job) => job.finishedAtMs!);
        return ends.length === 0 ? [] : [{ state, jobs: ends.length, oldestMs: Math.min(...ends) }];
      });
      return { endedBeforeMs, found };
    },
    async deleteBatch({ state, limit, endedBeforeMs, endedFromMs = 0, ...filter }) {
      const doomed = old({ ...filter, states: [state] }, endedBeforeMs)
        .filter(({ finishedAtMs }) => finishedAtMs! >= endedFromMs)
        .toSorted((a, b) => a.finishedAtMs! - b.finishedAtMs! || (a.jobId < b.jobId ? -1 : 1))
        .slice(0, limit);
      for (const { jobId } of doomed) forget(store, jobId);
      return prunedBatch(doomed.map(({ finishedAtMs }) => finishedAtMs!));
    },
  });
}

function forget(store: JobStore, jobId: string): void {
  forgetTasks(store, jobId);
  store.optimizations.delete(jobId);
  for (const table of [store.jobs, store.topVariants, store.shortlists, store.planes]) table.delete(jobId);
  for (const [key, entry] of store.idempotency) if (entry.jobId === jobId) store.idempotency.delete(key);
}
