import type { JobError } from "../core/job/mod.ts";
import type { OptimizationCoordinator } from "../ports/optimization_coordinator.ts";
import type { TaskMetrics } from "../ports/task_metrics.ts";
import type { TaskQueue } from "../ports/task_queue.ts";

/** What workers share sweeps through. */
export interface SharingDeps {
  readonly coordinator: OptimizationCoordinator;
  readonly tasks: TaskQueue;
  readonly metrics: TaskMetrics;
  /** Makes a UUID v4. */
  readonly newId: () => string;
  /** What tells this program's results from those of another: only like ones work on a sweep together. */
  readonly moduleHash: string;
  /** How often a task may be started again. */
  readonly maxRetries: number;
}

/** A task failed for good, so its sweep has a hole: the job fails at once, with the task's error. */
export class TaskFailed extends Error {
  readonly stored: JobError;

  constructor(stored: JobError) {
    super(stored.message);
    this.name = "TaskFailed";
    this.stored = stored;
  }
}
