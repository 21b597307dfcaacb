import type { Job } from "../../src/core/job/mod.ts";
import {
  isOpenTask,
  type NewOptimization,
  type Optimization,
  type OptimizationTask,
  type TaskLease,
} from "../../src/core/optimization/mod.ts";
import type { JobStore } from "./job_store.ts";
import { tellTaskEnded } from "./job_wakeups.ts";

/** A companion as it is created. */
export function newOptimization(jobId: string, optimization: NewOptimization): Optimization {
  return frozen({
    ...optimization,
    jobId,
    moduleHash: null,
    candlesHash: null,
    tasksFinished: 0,
    topTasks: [],
    stopReason: null,
  });
}

/** A job's tasks by `seq`. */
export function tasksOf({ tasks }: JobStore, jobId: string): readonly OptimizationTask[] {
  return [...tasks.values()].filter((task) => task.jobId === jobId).sort((a, b) => a.seq - b.seq);
}

/** The members of a task that nobody works on. */
export const noTaskLease = { lockedBy: null, leaseExpiresAtMs: null } as const;

/** The task whose lease this is, or null when the lease is lost. */
export function leasedTask(store: JobStore, lease: TaskLease): OptimizationTask | null {
  const task = store.tasks.get(lease.taskId);
  if (task?.status !== "running" || task.jobId !== lease.jobId) return null;
  if (task.lockedBy !== lease.lockedBy || task.attempt !== lease.attempt) return null;
  return (task.leaseExpiresAtMs ?? 0) > store.clock.nowMs() ? task : null;
}

/** Stores a task and returns what was stored. */
export function writeTask(store: JobStore, task: OptimizationTask): OptimizationTask {
  const written = frozen(task);
  store.tasks.set(task.taskId, written);
  return written;
}

/** Stores an optimisation and returns what was stored. */
export function writeOptimization(store: JobStore, optimization: Optimization): Optimization {
  const written = frozen(optimization);
  store.optimizations.set(optimization.jobId, written);
  return written;
}

/** Ends a job's open tasks. */
export function endOpenTasks(
  store: JobStore,
  { jobId, status }: { readonly jobId: string; readonly status: "cancelled" | "early-stopped" },
): void {
  const open = tasksOf(store, jobId).filter(isOpenTask);
  for (const task of open) {
    writeTask(store, {
      ...task,
      ...noTaskLease,
      status,
      notBeforeMs: null,
      finishedAtMs: Math.max(store.clock.nowMs(), task.createdAtMs),
    });
  }
  if (open.length > 0) tellTaskEnded(store, jobId);
}

/** What the end of a job does to its tasks. */
export function endTasks(store: JobStore, { jobId, state }: Job): void {
  const optimization = store.optimizations.get(jobId);
  if (optimization === undefined) return;
  endOpenTasks(store, { jobId, status: "cancelled" });
  const tasks = tasksOf(store, jobId);
  for (const { taskId } of tasks) store.taskResults.delete(taskId);
  if (state !== "succeeded" && optimization.stopReason === null) {
    const tasksFinished = Math.min(optimization.tasksTotal, tasks.length);
    writeOptimization(store, { ...optimization, tasksFinished });
  }
}

/** Takes away a job's tasks. */
export function forgetTasks(store: JobStore, jobId: string): void {
  for (const { taskId } of tasksOf(store, jobId)) {
    store.tasks.delete(taskId);
    store.taskResults.delete(taskId);
  }
}

/** A frozen copy that shares nothing; unlike JSON it keeps an infinite score. */
function frozen<T extends object>(value: T): T {
  return deepFreeze(structuredClone(value));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
