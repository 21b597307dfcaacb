/** What a listener hears. Calls come from outside any of its own; they must not throw. */
export interface WakeupListener {
  /** A claim may find something that the last one did not. */
  queued(): void;
  /** A cancel of this job may have been requested. */
  cancelRequested(jobId: string): void;
  /** A claim of tasks may find something that the last one did not. */
  taskQueued?(): void;
  /** A task of this job may have been finished, failed, cancelled or stopped. */
  taskEnded?(jobId: string): void;
}

/**
 * Hints about changes of the queue, so that nobody has to wait for the next poll. A hint may come late, twice, without
 * reason or never: the truth is in the rows, and whoever listens polls as well.
 */
export interface JobWakeups {
  /** Tells `listener` until what it returns is disposed of. */
  subscribe(listener: WakeupListener): Disposable;
}
