import type { Lease } from "../core/job.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobQueue } from "../ports/job_queue.ts";
import type { Log } from "../ports/log.ts";
import { StopJob } from "./stop.ts";

/** What keeps a lease alive. */
export interface HeartbeatOptions {
  readonly queue: JobQueue;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly log: Log;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
}

/**
 * Extends a job's lease in time, from a timer of its own and at every batch boundary, and knows without the database
 * when the lease can no longer be ours: when the last confirmed heartbeat, counted from the moment it was sent, is
 * older than the lease.
 */
export class Heartbeat implements AsyncDisposable {
  readonly #options: HeartbeatOptions;
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #timer: Promise<void>;
  #confirmedMs: number;
  #sentMs: number;
  #beating: Promise<void> | null = null;

  /** `claimSentMs`: monotonic time at which the claim was sent; the lease counts from there. */
  constructor(options: HeartbeatOptions, claimSentMs: number) {
    this.#options = options;
    this.#confirmedMs = claimSentMs;
    this.#sentMs = claimSentMs;
    this.#timer = this.#run();
  }

  /** Aborted as soon as the lease is known to be lost; for work that should not be waited for. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Rejects with {@link StopJob} when the lease is lost or can no longer be ours. */
  assertAlive(): void {
    const { clock, leaseSeconds } = this.#options;
    if (clock.monotonicMs() - this.#confirmedMs >= leaseSeconds * 1000) this.#lost.abort();
    if (this.#lost.signal.aborted) throw new StopJob("lease_lost", "heartbeat");
  }

  /** Sends a heartbeat when one is due; a database that does not answer is retried at the next call. */
  async beatIfDue(): Promise<void> {
    this.assertAlive();
    const { clock, heartbeatSeconds } = this.#options;
    if (this.#beating === null && clock.monotonicMs() - this.#sentMs < heartbeatSeconds * 1000) return;
    this.#beating ??= this.#beat().finally(() => this.#beating = null);
    await this.#beating;
    this.assertAlive();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#timer;
  }

  async #beat(): Promise<void> {
    const { queue, lease, clock, leaseSeconds, log } = this.#options;
    const sentMs = this.#sentMs = clock.monotonicMs();
    try {
      const status = await queue.heartbeat(lease, { leaseSeconds });
      if (status === null) this.#lost.abort();
      else this.#confirmedMs = sentMs;
    } catch (error) {
      log.warn("heartbeat_failed", { error });
    }
  }

  async #run(): Promise<void> {
    const { clock, heartbeatSeconds } = this.#options;
    const ended = AbortSignal.any([this.#stopped.signal, this.#lost.signal]);
    while (!ended.aborted) {
      await clock.sleep(heartbeatSeconds * 1000, ended);
      if (ended.aborted) return;
      // a lost lease is remembered in `lost` and told at the next boundary
      await this.beatIfDue().catch(() => {});
    }
  }
}
