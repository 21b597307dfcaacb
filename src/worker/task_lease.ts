import type { OptimizationTask, TaskLease } from "../core/optimization/mod.ts";

/** The fence of a task as it was claimed. */
export function taskLease(
  { taskId, jobId, attempt }: Pick<OptimizationTask, "taskId" | "jobId" | "attempt">,
  lockedBy: string,
): TaskLease {
  return { taskId, jobId, lockedBy, attempt };
}
