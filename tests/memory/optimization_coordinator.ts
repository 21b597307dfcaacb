// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import type { Job } from "../../src/core/job/mod.ts";
import {
  gateFull,
  isOpenTask,
  type NewTask,
  type OptimizationTask,
} from "../../src/core/optimization/mod.ts";
import { checked } from "../../src/ports/checked.ts";
import { coordinatorChecks } from "../../src/ports/checked_optimizations.ts";
import type { OptimizationCoordinator, TaskOutcome } from "../../src/ports/optimization_coordinator.ts";
import { type JobStore, leasedJob } from "./job_store.ts";
import { toLeaseStatus } from "./job_queue.ts";
import { tellTaskQueued } from "./job_wakeups.ts";
import {
  endOpenTasks,
  forgetTasks,
  noTaskLease,
  tasksOf,
  writeOptimization,
  writeTask,
} from "./task_store.ts";

/** The side of who puts up tasks, in memory. */
export function memoryOptimizationCoordinator(store: JobStore): OptimizationCoordinator {
  return checked(coordinatorChecks, {
    async begin(lease, { moduleHash }) {
      const job = leasedJob(store, lease);
      const found = store.optimizations.get(lease.jobId);
      if (job === null) return null;
      if (found === undefined) return { optimization: null, tasks: [] };
      if (found.moduleHash === moduleHash) {
        return { optimization: found, tasks: tasksOf(store, lease.jobId) };
      }
      forgetTasks(store, lease.jobId);
      const fresh = { moduleHash, candlesHash: null, tasksFinished: 0, topTasks: [], stopReason: null };
      return { optimization: writeOptimization(store, { ...found, ...fresh }), tasks: [] };
    },
    async addTask(lease, task) {
      const job = leasedJob(store, lease);
      const optimization = store.optimizations.get(lease.jobId);
      if (job === null || optimization === undefined || optimization.stopReason !== null) return null;
      const tasks = tasksOf(store, job.jobId);
      const earlier = tasks.find(({ seq }) => seq === task.seq);
      if (earlier) return earlier;
      if (tasks.filter(isOpenTask).length >= optimization.concurrencyLimit) {
        throw gateFull({ jobId: job.jobId, seq: task.seq });
      }
      const added = writeTask(store, queuedTask(job, { task, nowMs: store.clock.nowMs() }));
      tellTaskQueued(store);
      return added;
    },
    async readTasks({ jobId, seqs }) {
      return tasksOf(store, jobId).filter(({ seq }) => seqs.includes(seq)).map((task) =>
        outcome(store, task)
      );
    },
    async stop(lease, { reason: stopReason, tasksFinished, topTasks }) {
      const job = leasedJob(store, lease);
      const optimization = store.optimizations.get(lease.jobId);
      if (job !== null && optimization !== undefined && optimization.stopReason === null) {
        writeOptimization(store, { ...optimization, stopReason, tasksFinished, topTasks });
        endOpenTasks(store, { jobId: job.jobId, status: "early-stopped" });
      }
      return toLeaseStatus(job);
    },
  });
}

function queuedTask(
  job: Job,
  { task, nowMs }: { readonly task: NewTask; readonly nowMs: number },
): OptimizationTask {
  return {
    ...task,
    ...noTaskLease,
    jobId: job.jobId,
    status: "queued",
    score: null,
    resultSummaryId: null,
    progress: 0,
    retries: 0,
    attempt: 0,
    worker: null,
    notBeforeMs: null,
    lastError: null,
    createdAtMs: nowMs,
    startedAtMs: null,
    finishedAtMs: null,
  };
}

function outcome(store: JobStore, task: OptimizationTask): TaskOutcome {
  const { taskId, seq, status, score, resultSummaryId, lastError } = task;
  const result = store.taskResults.get(taskId);
  return {
    taskId,
    seq,
    status,
    score,
    result: result ? result.slice() : null,
    resultSummaryId,
    lastError: status === "failed" ? lastError : null,
  };
}
