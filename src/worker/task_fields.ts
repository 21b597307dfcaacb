import type { OptimizationTask } from "../core/optimization/mod.ts";
import type { LogFields } from "../ports/log.ts";

/** What every log line about a task carries, whoever writes it. */
export function taskFields(
  { jobId, taskId, seq, stage, attempt }: Pick<
    OptimizationTask,
    "jobId" | "taskId" | "seq" | "stage" | "attempt"
  >,
  lockedBy: string,
): LogFields {
  return { job_id: jobId, task_id: taskId, seq, attempt, stage, locked_by: lockedBy };
}
