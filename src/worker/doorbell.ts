import type { Clock } from "../ports/clock.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";

/**
 * Where an idle worker waits. A hint that comes while nobody waits is remembered, so one that comes during a claim which
 * just missed the job is not lost.
 */
export class Doorbell implements Disposable {
  readonly #clock: Clock;
  readonly #subscription: Disposable;
  #rung = false;
  #awake = new AbortController();

  constructor(options: { readonly wakeups: JobWakeups; readonly clock: Clock }) {
    this.#clock = options.clock;
    this.#subscription = options.wakeups.subscribe({
      queued: () => {
        this.#rung = true;
        this.#awake.abort();
      },
      cancelRequested() {},
    });
  }

  /** Resolves at a hint, after `ms`, or when `stop` aborts; tells whether it was a hint. */
  async wait(ms: number, stop: AbortSignal): Promise<boolean> {
    if (!this.#rung) {
      this.#awake = new AbortController();
      await this.#clock.sleep(ms, AbortSignal.any([this.#awake.signal, stop]));
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
