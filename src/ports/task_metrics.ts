/** How work on a claimed task ended; exactly one per claim. `released` and `retried` tasks are queued again. */
export type TaskOutcomeWord =
  | "succeeded"
  | "failed"
  | "cancelled"
  | "early-stopped"
  | "lease_lost"
  | "released"
  | "retried";

/** Why a task was started again: its worker died, or something outside failed. */
export type TaskRetryCause = "lease_expired" | "upstream";

/** What stopped an optimisation before its last task. */
export type OptimizationStopKind = "early_stop" | "cancel" | "task_failed";

/** What workers report of tasks. */
export interface TaskMetrics {
  /** A task was claimed. `waitSeconds`, from its dispatch, is null unless it is the task's first claim. */
  taskClaimed(claim: { readonly waitSeconds: number | null }): void;
  taskProcessed(end: { readonly outcome: TaskOutcomeWord; readonly seconds: number }): void;
  /** A task is started once more; one of the retries of all kinds. */
  taskRetried(cause: TaskRetryCause): void;
  optimizationStopped(kind: OptimizationStopKind): void;
}

/** Reports nothing. */
export const noTaskMetrics: TaskMetrics = {
  taskClaimed() {},
  taskProcessed() {},
  taskRetried() {},
  optimizationStopped() {},
};
