// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { isTerminal } from "../../src/core/job/mod.ts";
import {
  hasTaskRetryLeft,
  mergeTopTasks,
  type OptimizationTask,
  type TaskLease,
  taskRetriesExhausted,
} from "../../src/core/optimization/mod.ts";
import { checked } from "../../src/ports/checked.ts";
import { taskChecks } from "../../src/ports/checked_optimizations.ts";
import type { ClaimedTask, TaskClaim, TaskLeaseStatus, TaskQueue } from "../../src/ports/task_queue.ts";
import type { JobStore } from "./job_store.ts";
import { tellTaskEnded, tellTaskQueued } from "./job_wakeups.ts";
import { leasedTask, noTaskLease, writeOptimization, writeTask } from "./task_store.ts";

/** The side of who works on tasks, in memory. */
export function memoryTaskQueue(store: JobStore): TaskQueue {
  /** Writes what becomes of a task whose lease this is. */
  const change = (
    lease: TaskLease,
    changes: (task: OptimizationTask) => Partial<OptimizationTask>,
  ): OptimizationTask | null => {
    const task = leasedTask(store, lease);
    return task && writeTask(store, { ...task, ...changes(task) });
  };
  const status = (task: OptimizationTask | null): TaskLeaseStatus | null =>
    task && {
      leaseExpiresAtMs: task.leaseExpiresAtMs ?? 0,
      cancelRequestedAtMs: store.jobs.get(task.jobId)?.cancelRequestedAtMs ?? null,
    };
  const ended = (task: OptimizationTask | null): OptimizationTask | null => {
    if (task) tellTaskEnded(store, task.jobId);
    return task;
  };
  const endMs = ({ createdAtMs }: OptimizationTask) => Math.max(store.clock.nowMs(), createdAtMs);
  const back = { ...noTaskLease, status: "queued", progress: 0 } as const;
  return checked(taskChecks, {
    async claimTask(claim) {
      return claimTask(store, claim);
    },
    async check(lease) {
      return status(leasedTask(store, lease));
    },
    async heartbeat(lease, { leaseSeconds }) {
      const leaseExpiresAtMs = store.clock.nowMs() + leaseSeconds * 1000;
      return status(change(lease, () => ({ leaseExpiresAtMs })));
    },
    async updateProgress(lease, progress) {
      return status(change(lease, () => ({ progress })));
    },
    async complete(lease, { result, score, resultSummaryId, top: added, direction }) {
      const done = change(lease, (task) => ({
        ...noTaskLease,
        status: "succeeded",
        progress: 1,
        score,
        resultSummaryId,
        lastError: null,
        finishedAtMs: endMs(task),
      }));
      const optimization = store.optimizations.get(lease.jobId);
      if (done === null || optimization === undefined) return null;
      store.taskResults.set(done.taskId, result.slice());
      const { topN, topTasks, tasksFinished } = optimization;
      writeOptimization(store, {
        ...optimization,
        tasksFinished: tasksFinished + 1,
        topTasks: mergeTopTasks(topTasks, { added, topN, direction }),
      });
      return ended(done);
    },
    async release(lease) {
      const released = change(lease, () => back);
      if (released) tellTaskQueued(store);
      return released;
    },
    async retry(lease, { delayMs, error: lastError }) {
      const notBeforeMs = store.clock.nowMs() + delayMs;
      return change(lease, ({ retries }) => ({ ...back, retries: retries + 1, notBeforeMs, lastError }));
    },
    async fail(lease, lastError) {
      return ended(
        change(lease, (task) => ({ ...noTaskLease, status: "failed", lastError, finishedAtMs: endMs(task) })),
      );
    },
    async getStatus({ taskId, attempt }) {
      const task = store.tasks.get(taskId);
      return task?.attempt === attempt ? task.status : null;
    },
    async readJob(jobId) {
      const [job, optimization] = [store.jobs.get(jobId), store.optimizations.get(jobId)];
      return job && optimization ? { job, optimization } : null;
    },
    async confirmCandles(jobId, candlesHash) {
      const [job, optimization] = [store.jobs.get(jobId), store.optimizations.get(jobId)];
      if (!job || !optimization) return null;
      const noted = optimization.candlesHash;
      if (noted !== null || isTerminal(job.state)) return noted;
      return writeOptimization(store, { ...optimization, candlesHash }).candlesHash;
    },
  });
}

/** Starts the next task, or ends it when its workers died too often. */
function claimTask(store: JobStore, claim: TaskClaim): ClaimedTask {
  const { lockedBy, leaseSeconds, maxRetries, moduleHash, jobId } = claim;
  const nowMs = store.clock.nowMs();
  const createdMs = (task: OptimizationTask) => store.jobs.get(task.jobId)!.createdAtMs;
  const task = [...store.tasks.values()]
    .filter((task) => jobId === undefined || task.jobId === jobId)
    .filter((task) => isFree(task, nowMs) && mayHelp(store, { jobId: task.jobId, moduleHash }))
    .sort((a, b) =>
      createdMs(a) - createdMs(b) || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : a.seq - b.seq)
    )[0];
  if (task === undefined) {
    return { kind: "none", otherModule: jobId === undefined ? otherModule(store, moduleHash) : null };
  }
  const reclaim = task.status === "running";
  if (reclaim && !hasTaskRetryLeft(task, maxRetries)) {
    const error = taskRetriesExhausted(maxRetries);
    const details = { ...error.details, stage: task.stage, seq: task.seq };
    const ended = writeTask(store, {
      ...task,
      ...noTaskLease,
      status: "failed",
      finishedAtMs: Math.max(nowMs, task.createdAtMs),
      lastError: { ...error, details },
    });
    tellTaskEnded(store, task.jobId);
    return { kind: "exhausted", task: ended };
  }
  const started = writeTask(store, {
    ...task,
    status: "running",
    startedAtMs: task.startedAtMs ?? Math.max(nowMs, task.createdAtMs),
    retries: task.retries + (reclaim ? 1 : 0),
    attempt: task.attempt + 1,
    progress: 0,
    worker: lockedBy,
    lockedBy,
    leaseExpiresAtMs: nowMs + leaseSeconds * 1000,
    notBeforeMs: null,
  });
  return { kind: "claimed", task: started, reclaim };
}

/** Whether a task is queued and due, or its worker has lost it. */
function isFree({ status, notBeforeMs, leaseExpiresAtMs }: OptimizationTask, nowMs: number): boolean {
  if (status === "queued") return (notBeforeMs ?? nowMs) <= nowMs;
  return status === "running" && (leaseExpiresAtMs ?? 0) <= nowMs;
}

function mayHelp(
  store: JobStore,
  { jobId, moduleHash }: { readonly jobId: string; readonly moduleHash: string },
): boolean {
  const [job, optimization] = [store.jobs.get(jobId), store.optimizations.get(jobId)];
  return job !== undefined && !isTerminal(job.state) && job.cancelRequestedAtMs === null &&
    optimization?.moduleHash === moduleHash && optimization.stopReason === null;
}

function otherModule(store: JobStore, moduleHash: string): string | null {
  const waiting = [...store.tasks.values()].find(({ status, jobId }) =>
    status === "queued" && store.optimizations.get(jobId)?.moduleHash !== moduleHash
  );
  return waiting?.jobId ?? null;
}
