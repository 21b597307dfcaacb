import { race } from "../ports/race.ts";
import type { JobContext } from "./job_context.ts";

/** How long a job may go without a checkpoint, in ms: a hint may be lost, and the next heartbeat far away. */
const lookEveryMs = 2000;

/**
 * Watches, from now until disposal, whether a job is still wanted, also while a batch of it takes long. Whatever says that it
 * may have to stop (a hint, a heartbeat's answer, the worker's stop, the end of the lease, and time) causes a checkpoint; when
 * that refuses, `signal` aborts with what it was refused with.
 */
export class WantedJob implements Disposable {
  readonly #context: JobContext;
  readonly #refused = new AbortController();
  readonly #over = new AbortController();
  readonly #hints: Disposable;

  constructor(context: JobContext) {
    const { deps: { wakeups }, heartbeat, stop, job } = this.#context = context;
    const signals = [heartbeat.lost, heartbeat.cancelSeen, stop];
    for (const signal of signals) {
      signal.addEventListener("abort", () => this.#look(), { signal: this.#over.signal });
    }
    this.#hints = wakeups.subscribe({
      queued() {},
      cancelRequested: (jobId) => jobId === job.jobId && this.#look(),
    });
    if (signals.some(({ aborted }) => aborted)) this.#look();
    void this.#lookInTime();
  }

  /** Aborts once the job is not wanted any more. */
  get signal(): AbortSignal {
    return this.#refused.signal;
  }

  /** The work's result; rejects with what a checkpoint was refused with and does not wait for the work then. */
  async whileSo<T>(work: Promise<T>): Promise<T> {
    const aborted = () => {
      throw this.signal.reason;
    };
    return await race(() => work, { abort: { signal: this.signal, aborted } });
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#hints[Symbol.dispose]();
  }

  #look(): void {
    this.#context.checkpoint().catch((refusal) => {
      if (!this.#over.signal.aborted) this.#refused.abort(refusal);
    });
  }

  async #lookInTime(): Promise<void> {
    const { deps: { clock } } = this.#context;
    while (!this.#over.signal.aborted) {
      await clock.sleep(lookEveryMs, this.#over.signal);
      const idleMs = clock.monotonicMs() - this.#context.checkedMs;
      if (!this.#over.signal.aborted && idleMs >= lookEveryMs) this.#look();
    }
  }
}
