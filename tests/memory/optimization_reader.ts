// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import type { Job } from "../../src/core/job/mod.ts";
import { type Optimization, optimizationStatus } from "../../src/core/optimization/mod.ts";
import { checked } from "../../src/ports/checked.ts";
import { optimizationReaderChecks } from "../../src/ports/checked_optimizations.ts";
import type { OptimizationReader, OptimizationState } from "../../src/ports/optimization_reader.ts";
import { newestFirst } from "./job_repository.ts";
import type { JobStore } from "./job_store.ts";
import { tasksOf } from "./task_store.ts";

/** Optimisations for who shows them, in memory. */
export function memoryOptimizationReader(store: JobStore): OptimizationReader {
  const stateOf = (job: Job, optimization: Optimization): OptimizationState => {
    const running = tasksOf(store, job.jobId).filter(({ status }) => status === "running");
    const workers = [...new Set(running.map(({ lockedBy }) => lockedBy!))].sort();
    return { job, optimization, tasksRunning: running.length, workers };
  };
  const read = (jobId: string): OptimizationState | null => {
    const [job, optimization] = [store.jobs.get(jobId), store.optimizations.get(jobId)];
    return job && optimization ? stateOf(job, optimization) : null;
  };
  return checked(optimizationReaderChecks, {
    async get(jobId) {
      return read(jobId);
    },
    async look(jobIds) {
      return [...new Set(jobIds)].flatMap((jobId) => read(jobId) ?? []);
    },
    async listForUser({ userId, limit, status, cursor }) {
      const rest = [...store.optimizations.keys()].flatMap((jobId) => read(jobId) ?? [])
        .filter(({ job, optimization }) =>
          (userId === null || job.userId === userId) &&
          (status === undefined || optimizationStatus(job, optimization) === status)
        )
        .filter(({ job }) => cursor === undefined || newestFirst(cursor, job) < 0)
        .sort((a, b) => newestFirst(a.job, b.job));
      const items = rest.slice(0, limit);
      const last = items.at(-1)?.job;
      const more = rest.length > limit && last !== undefined;
      return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, jobId: last.jobId } : null };
    },
    async listTasks({ jobId, limit, afterSeq = -1 }) {
      const rest = tasksOf(store, jobId).filter(({ seq }) => seq > afterSeq);
      const items = rest.slice(0, limit);
      return { items, nextSeq: rest.length > limit ? items.at(-1)!.seq : null };
    },
  });
}
