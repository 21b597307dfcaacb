import type { Clock } from "../ports/clock.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import { Bell } from "./bell.ts";

/** What a doorbell is made of. */
export interface DoorbellOptions {
  readonly wakeups: JobWakeups;
  readonly clock: Clock;
  /** Whether the worker has what tasks are worked on with, so that a hint at one is worth an answer at once. */
  readonly isWarm?: () => boolean;
  /** How long another worker waits before it answers a hint at a task, in ms; told anew for each. */
  readonly coldDelayMs?: () => number;
}

/**
 * Where an idle worker waits. A hint that comes while nobody waits is remembered, so one that comes during a claim which
 * just missed the job is not lost.
 *
 * A task is put up for every one that is done, and each is hinted at. If a thousand idle workers answered all of them at
 * once, the database would do little else: so those that would have to load the candles first answer after a while, and one
 * answer does for all hints that came meanwhile.
 */
export class Doorbell implements Disposable {
  readonly #options: DoorbellOptions;
  readonly #bell: Bell;
  readonly #over = new AbortController();
  readonly #subscription: Disposable;
  #later = false;

  constructor(options: DoorbellOptions) {
    this.#options = options;
    this.#bell = new Bell(options.clock);
    this.#subscription = options.wakeups.subscribe({
      queued: () => this.#bell.ring(),
      cancelRequested() {},
      taskQueued: () => this.#onTask(),
    });
  }

  /** Resolves at a hint, after `ms`, or when `stop` aborts; tells whether it was a hint. */
  async wait(ms: number, stop: AbortSignal): Promise<boolean> {
    return await this.#bell.wait(ms, stop);
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#subscription[Symbol.dispose]();
  }

  #onTask(): void {
    const { isWarm, coldDelayMs, clock } = this.#options;
    // it takes no tasks at all
    if (isWarm === undefined || coldDelayMs === undefined) return;
    if (isWarm()) return this.#bell.ring();
    if (this.#later) return;
    this.#later = true;
    void clock.sleep(coldDelayMs(), this.#over.signal).then(() => {
      this.#later = false;
      if (!this.#over.signal.aborted) this.#bell.ring();
    });
  }
}
