import { backoffMs } from "../core/job/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { LeaseStatus } from "../ports/job_queue.ts";
import { StopJob } from "./stop.ts";
import { race } from "../ports/race.ts";

/** What keeps a lease alive. */
export interface HeartbeatOptions {
  /** Extends the lease in the database to now + `leaseSeconds`; null when it is another's. */
  readonly extend: () => Promise<LeaseStatus | null>;
  readonly clock: Clock;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** Numbers in [0, 1), for the jitter between heartbeats that fail. */
  readonly random: () => number;
  /** Called for every heartbeat without an answer, with how many there were in a row. */
  readonly onFailure: (error: unknown, failures: number) => void;
  /** Told when the database refused a heartbeat: the lease is another's. */
  readonly onRefused?: () => void;
}

const afterFailure = { baseMs: 250, maxMs: 2000 };

/**
 * Extends a lease in time, from a timer of its own and at every batch boundary, and knows without the database
 * when the lease can no longer be ours: when the last confirmed heartbeat, counted from the moment it was sent, is
 * older than the lease. A heartbeat that fails is sent again soon; one that hangs does not keep the lease from running
 * out here.
 *
 * The monotonic clock stands still while a machine is suspended, so after that only the database knows: every write is
 * fenced there too.
 */
export class Heartbeat implements AsyncDisposable {
  readonly #options: HeartbeatOptions;
  readonly #settled = new AbortController();
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly #cancelSeen = new AbortController();
  readonly #timers: Promise<unknown>;
  #confirmedMs: number;
  #sentMs: number;
  #failures = 0;
  #beating: Promise<void> | null = null;

  /** `claimSentMs`: monotonic time at which the claim was sent; the lease counts from there. */
  constructor(options: HeartbeatOptions, claimSentMs: number) {
    this.#options = options;
    this.#confirmedMs = claimSentMs;
    this.#sentMs = claimSentMs;
    this.#timers = Promise.all([this.#beatInTime(), this.#watchTheLease()]);
  }

  /** Aborted as soon as the lease is known to be lost; for work that should not be waited for. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Whether the last heartbeat got no answer, although it was sent in time: then a lost lease is the fault of the database or
   * of the way to it, not of a worker that stood still.
   */
  get cutOff(): boolean {
    const { clock, leaseSeconds } = this.#options;
    const unanswered = this.#failures > 0 || this.#beating !== null;
    return unanswered && clock.monotonicMs() - this.#sentMs <= leaseSeconds * 1000;
  }

  /** Aborted when a heartbeat was told that a cancel is requested. */
  get cancelSeen(): AbortSignal {
    return this.#cancelSeen.signal;
  }

  /** Throws {@link StopJob} when the lease is lost or can no longer be ours. */
  assertAlive(): void {
    if (this.#remainingMs() <= 0) this.#lost.abort();
    if (this.#lost.signal.aborted) leaseLost();
  }

  /** The work's result; rejects with {@link StopJob} as soon as the lease is lost, however long the work takes. */
  async whileAlive<T>(work: Promise<T>): Promise<T> {
    return await race(() => work, { abort: { signal: this.#lost.signal, aborted: leaseLost } });
  }

  /** Sends a heartbeat when one is due; a database that does not answer is retried by the timer. */
  async beatIfDue(): Promise<void> {
    this.assertAlive();
    const { clock, heartbeatSeconds } = this.#options;
    if (this.#beating === null && clock.monotonicMs() - this.#sentMs < heartbeatSeconds * 1000) return;
    await this.whileAlive(this.#beat());
    this.assertAlive();
  }

  /**
   * Sends no more heartbeats and waits for the one under way, so that none can find the job ended by the write that
   * follows and take the lease for lost. The lease still runs out.
   */
  async settle(): Promise<void> {
    this.#settled.abort();
    await this.whileAlive(this.#beating ?? Promise.resolve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#settled.abort();
    this.#stopped.abort();
    await this.#timers;
  }

  #beat(): Promise<void> {
    return this.#beating ??= this.#send().finally(() => this.#beating = null);
  }

  async #send(): Promise<void> {
    const { extend, clock, onFailure, onRefused } = this.#options;
    const sentMs = this.#sentMs = clock.monotonicMs();
    try {
      const status = await extend();
      if (status === null) {
        onRefused?.();
        return this.#lost.abort();
      }
      this.#confirmedMs = sentMs;
      this.#failures = 0;
      if (status.cancelRequestedAtMs !== null) this.#cancelSeen.abort();
    } catch (error) {
      onFailure(error, ++this.#failures);
    }
  }

  async #beatInTime(): Promise<void> {
    const { clock, heartbeatSeconds, random } = this.#options;
    const intervalMs = heartbeatSeconds * 1000;
    const ended = AbortSignal.any([this.#settled.signal, this.#lost.signal]);
    const beat = () => race(() => this.#beat(), { abort: { signal: ended, aborted() {} } }).catch(() => {});
    // a claim that was answered late has used its lease up meanwhile
    const leftMs = this.#remainingMs();
    if (leftMs > 0 && leftMs < intervalMs) await beat();
    while (!ended.aborted) {
      const failures = this.#failures;
      const soonMs = failures > 0 && Math.min(intervalMs, backoffMs(failures, { ...afterFailure, random }));
      await clock.sleep(soonMs === false ? intervalMs : soonMs, ended);
      if (ended.aborted) return;
      const early = clock.monotonicMs() - this.#sentMs < intervalMs;
      if (early && this.#failures === 0) continue;
      await beat();
    }
  }

  async #watchTheLease(): Promise<void> {
    const ended = AbortSignal.any([this.#stopped.signal, this.#lost.signal]);
    while (!ended.aborted) {
      const remainingMs = this.#remainingMs();
      if (remainingMs <= 0) return this.#lost.abort();
      await this.#options.clock.sleep(remainingMs, ended);
    }
  }

  #remainingMs(): number {
    const { clock, leaseSeconds } = this.#options;
    return this.#confirmedMs + leaseSeconds * 1000 - clock.monotonicMs();
  }
}

function leaseLost(): never {
  throw new StopJob("lease_lost", "heartbeat");
}
