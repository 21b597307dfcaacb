import type { OptimizationAnswer, OptimizationTasks } from "../answers/optimization.ts";
import { isoOrNull } from "./job_status.ts";
import { optimizationStatus, type OptimizationTask, shownScore } from "../core/optimization/mod.ts";
import type { OptimizationState } from "../ports/optimization_reader.ts";

/** The public view of an optimisation. */
export function optimizationView(state: OptimizationState): OptimizationAnswer {
  const { job, optimization } = state;
  return {
    id: job.jobId,
    status: optimizationStatus(job, optimization),
    stage: job.stage,
    concurrency_limit: optimization.concurrencyLimit,
    early_stop_policy: optimization.earlyStop,
    summary: optimizationSummary(state),
    stop_reason: optimization.stopReason,
    created_at: new Date(job.createdAtMs).toISOString(),
    started_at: isoOrNull(job.startedAtMs),
    finished_at: isoOrNull(job.finishedAtMs),
    cancel_requested_at: isoOrNull(job.cancelRequestedAtMs),
    error: job.lastErrorJson,
  };
}

/** Its tasks in numbers. */
export function optimizationSummary(
  { optimization, tasksRunning, workers }: Pick<
    OptimizationState,
    "optimization" | "tasksRunning" | "workers"
  >,
): OptimizationAnswer["summary"] {
  const { tasksTotal: total, tasksFinished: finished, topTasks } = optimization;
  return {
    total,
    finished,
    running: tasksRunning,
    waiting: total - finished - tasksRunning,
    workers,
    top_n: topTasks,
  };
}

/** The public view of a task. */
export function taskView(task: OptimizationTask): OptimizationTasks["items"][number] {
  return {
    task_id: task.taskId,
    seq: task.seq,
    stage: task.stage,
    status: task.status,
    params: task.params,
    progress: task.progress,
    retries: task.retries,
    ...shownScore(task.score),
    result_summary_id: task.resultSummaryId,
    error: task.lastError,
    created_at: new Date(task.createdAtMs).toISOString(),
    started_at: isoOrNull(task.startedAtMs),
    finished_at: isoOrNull(task.finishedAtMs),
    worker: task.worker,
  };
}
