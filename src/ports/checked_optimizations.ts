import { requireEnding, requireInteger, requireLease, requireOwner, requireUuid } from "../core/job/mod.ts";
import {
  requireNewTask,
  requireTaskLease,
  requireTaskProgress,
  requireTaskResult,
} from "../core/optimization/mod.ts";
import type { Checks } from "./checked.ts";
import { snapshotsMax } from "./job_changes.ts";
import { type OptimizationCoordinator, tasksReadMax } from "./optimization_coordinator.ts";
import { type OptimizationReader, tasksPageMax } from "./optimization_reader.ts";
import type { TaskQueue } from "./task_queue.ts";

const pageMax = 250;

/** Of who puts up tasks. */
export const coordinatorChecks: Checks<OptimizationCoordinator> = {
  begin: requireLease,
  addTask(lease, task) {
    requireLease(lease);
    requireNewTask(task);
  },
  readTasks({ jobId, seqs }) {
    requireUuid("job id", jobId);
    requireInteger(seqs.length, { name: "number of tasks", min: 0, max: tasksReadMax });
    for (const seq of seqs) requireInteger(seq, { name: "seq", min: 0 });
  },
  stop(lease, { tasksFinished }) {
    requireLease(lease);
    requireInteger(tasksFinished, { name: "finished tasks" });
  },
};

/** Of who works on tasks. */
export const taskChecks: Checks<TaskQueue> = {
  claimTask({ lockedBy, leaseSeconds, maxRetries, jobId }) {
    requireOwner(lockedBy);
    if (jobId !== undefined) requireUuid("job id", jobId);
    requireInteger(leaseSeconds, { name: "lease seconds" });
    requireInteger(maxRetries, { name: "max retries", min: 0 });
  },
  check: requireTaskLease,
  heartbeat(lease, { leaseSeconds }) {
    requireTaskLease(lease);
    requireInteger(leaseSeconds, { name: "lease seconds" });
  },
  updateProgress(lease, progress) {
    requireTaskLease(lease);
    requireTaskProgress(progress);
  },
  complete(lease, result) {
    requireTaskLease(lease);
    requireTaskResult(result);
  },
  release: requireTaskLease,
  retry(lease, { delayMs, error }) {
    requireTaskLease(lease);
    requireInteger(delayMs, { name: "delay", min: 0 });
    requireEnding({ state: "failed", error });
  },
  fail(lease, error) {
    requireTaskLease(lease);
    requireEnding({ state: "failed", error });
  },
  getStatus: ({ taskId }) => requireUuid("task id", taskId),
  readJob: (jobId) => requireUuid("job id", jobId),
  confirmCandles: (jobId) => requireUuid("job id", jobId),
};

/** Of who shows optimisations. */
export const optimizationReaderChecks: Checks<OptimizationReader> = {
  get: (jobId) => requireUuid("job id", jobId),
  look(jobIds) {
    for (const jobId of jobIds) requireUuid("job id", jobId);
    requireInteger(jobIds.length, { name: "number of optimizations", min: 0, max: snapshotsMax });
  },
  listForUser({ userId, limit, cursor }) {
    if (userId !== null) requireUuid("user id", userId);
    requireInteger(limit, { name: "limit", max: pageMax });
    if (cursor) requireUuid("cursor job id", cursor.jobId);
  },
  listTasks({ jobId, limit, afterSeq }) {
    requireUuid("job id", jobId);
    requireInteger(limit, { name: "limit", max: tasksPageMax });
    if (afterSeq !== undefined) requireInteger(afterSeq, { name: "seq", min: 0 });
  },
};
