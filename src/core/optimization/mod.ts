/**
 * One sweep over many workers: its tasks, their results, its summary and its early stop.
 * @module
 */
export {
  type CutSize,
  cutSweep,
  type StageCuts,
  type StageUnits,
  type SweepCuts,
  taskAt,
  taskCount,
  taskRange,
} from "./cutting.ts";
export { meetsThreshold, stoppingTask } from "./early_stop.ts";
export {
  type Direction,
  type EarlyStopPolicy,
  type NewOptimization,
  type Optimization,
  type OptimizationStatus,
  optimizationStatus,
  optimizationStatuses,
  scoreOf,
  type ShownScore,
  shownScore,
  type StopReason,
  type TopTask,
} from "./optimization.ts";
export {
  concurrencyLimitMax,
  requireNewOptimization,
  requireNewTask,
  requireTaskLease,
  requireTaskProgress,
  requireTaskResult,
  stageTasksMax,
  topTasksMax,
} from "./optimization_arguments.ts";
export {
  gateFull,
  hasTaskRetryLeft,
  isOpenTask,
  type NewTask,
  type OptimizationTask,
  type TaskLease,
  type TaskParams,
  type TaskResult,
  taskRetriesDefault,
  taskRetriesExhausted,
  type TaskStage,
  type TaskStatus,
} from "./task.ts";
export { decodeTaskResult, encodeTaskResult, type ScoredColumns, taskFormat } from "./task_result.ts";
export { mergeTopTasks } from "./top_tasks.ts";
