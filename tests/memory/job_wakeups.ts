import type { JobWakeups } from "../../src/ports/job_wakeups.ts";
import type { JobStore } from "./job_store.ts";

/** Hints of the in-memory queue; listeners are told before the write that causes a hint answers. */
export function memoryJobWakeups({ listeners }: JobStore): JobWakeups {
  return {
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
  };
}

/** Tells all listeners that a job may have become claimable. */
export function tellQueued({ listeners }: JobStore): void {
  for (const listener of listeners) listener.queued();
}

/** Tells all listeners that a cancel of the running job was requested. */
export function tellCancel({ listeners }: JobStore, jobId: string): void {
  for (const listener of listeners) listener.cancelRequested(jobId);
}

/** Tells all listeners that a task may have become claimable. */
export function tellTaskQueued({ listeners }: JobStore): void {
  for (const listener of listeners) listener.taskQueued?.();
}

/** Tells all listeners that a task of the job is over. */
export function tellTaskEnded({ listeners }: JobStore, jobId: string): void {
  for (const listener of listeners) listener.taskEnded?.(jobId);
}
