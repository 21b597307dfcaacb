import { requireInteger, requireOwner, requireUuid } from "../job/mod.ts";
import type { NewOptimization } from "./optimization.ts";
import type { NewTask, TaskLease, TaskResult } from "./task.ts";

/** More tasks than this are never at work at the same time. */
export const concurrencyLimitMax = 64;

/** Tasks of a stage at most, whatever is configured: a summary is counted over them. */
export const stageTasksMax = 10_000;

/** Tasks that a summary may list. */
export const topTasksMax = 50;

/** Throws a TypeError unless the companion of a new job can be stored. */
export function requireNewOptimization(optimization: NewOptimization): void {
  requireInteger(optimization.concurrencyLimit, { name: "concurrency limit", max: concurrencyLimitMax });
  requireInteger(optimization.topN, { name: "top n" });
  requireInteger(optimization.taskVariants, { name: "task variants" });
  requireInteger(optimization.tasksMax, { name: "tasks max" });
  requireInteger(optimization.tasksTotal, { name: "tasks total" });
}

/** Throws a TypeError unless the task can be stored. */
export function requireNewTask(task: NewTask): void {
  requireUuid("task id", task.taskId);
  requireInteger(task.seq, { name: "seq", min: 0 });
  requireInteger(task.fromUnit, { name: "first unit", min: 0 });
  requireInteger(task.toUnit, { name: "end of units", min: task.fromUnit + 1 });
  requireInteger(task.keep, { name: "keep" });
  if (task.floor !== null && Number.isNaN(task.floor)) {
    throw new TypeError(`Cannot store task ${task.seq}: its floor is no number`);
  }
}

/** Throws a TypeError unless the parts of a task's fence are well formed. */
export function requireTaskLease(lease: TaskLease): void {
  requireUuid("task id", lease.taskId);
  requireUuid("job id", lease.jobId);
  requireOwner(lease.lockedBy);
  requireInteger(lease.attempt, { name: "attempt" });
}

/** Throws a TypeError unless the result can be stored. */
export function requireTaskResult({ score, top, resultSummaryId }: TaskResult): void {
  if (score !== null && (Number.isNaN(score) || score === -Infinity)) {
    throw new TypeError(`Cannot store a task's score ${score}: not a number, and not Infinity`);
  }
  if (top !== null && (score === null || top.result_summary_id !== resultSummaryId)) {
    throw new TypeError("Cannot store a task's place in the summary: it is not that of its best variant");
  }
}

/** Throws a TypeError unless it is a share of the work, 0 to 1. */
export function requireTaskProgress(progress: number): void {
  if (!(progress >= 0 && progress <= 1)) {
    throw new TypeError(`Cannot store a task's progress ${progress}: not from 0 to 1`);
  }
}
