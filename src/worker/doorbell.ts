import type { Clock } from "../ports/clock.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import { Bell } from "./bell.ts";

/**
 * Where an idle worker waits. A hint that comes while nobody waits is remembered, so one that comes during a claim which
 * just missed the job is not lost.
 */
export class Doorbell implements Disposable {
  readonly #bell: Bell;
  readonly #subscription: Disposable;

  constructor(options: { readonly wakeups: JobWakeups; readonly clock: Clock }) {
    this.#bell = new Bell(options.clock);
    this.#subscription = options.wakeups.subscribe({
      queued: () => this.#bell.ring(),
      cancelRequested() {},
      taskQueued: () => this.#bell.ring(),
    });
  }

  /** Resolves at a hint, after `ms`, or when `stop` aborts; tells whether it was a hint. */
  async wait(ms: number, stop: AbortSignal): Promise<boolean> {
    return await this.#bell.wait(ms, stop);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
