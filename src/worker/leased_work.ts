import { BacktestError, isTransient } from "../core/errors/mod.ts";
import { backoffMs } from "../core/job/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { LeaseStatus } from "../ports/job_queue.ts";
import type { Log } from "../ports/log.ts";
import type { FencedWrite } from "../ports/runner_metrics.ts";
import { race } from "../ports/race.ts";
import { Heartbeat } from "./heartbeat.ts";
import { StopJob } from "./stop.ts";

/** The read `check`, or a write. */
export type FencedCall = "check" | FencedWrite;

/** What is worked on under a lease, and how. */
export interface LeasedWorkOptions {
  /** What it is, for error texts: `job "..."`. */
  readonly name: string;
  /** Extends the lease in the database to now + `leaseSeconds`; null when it is another's. */
  readonly extend: () => Promise<LeaseStatus | null>;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  readonly clock: Clock;
  /** Numbers in [0, 1), for jitter. */
  readonly random: () => number;
  /** The log as it is when a line is written. */
  readonly log: () => Log;
  /** Told of every write that the database refused. */
  readonly onRefused: (write: FencedWrite) => void;
  /** Monotonic time at which the claim was sent; the lease counts from there. */
  readonly claimSentMs: number;
}

const storageBackoff = { baseMs: 100, maxMs: 2000 };

/**
 * A lease while somebody works under it: it is kept alive until disposal, and every call that it fences goes through
 * {@link fenced}.
 */
export class LeasedWork implements AsyncDisposable {
  readonly heartbeat: Heartbeat;
  readonly #options: LeasedWorkOptions;
  #unanswered = false;

  constructor(options: LeasedWorkOptions) {
    this.#options = options;
    const { extend, leaseSeconds, heartbeatSeconds, clock, random, log, onRefused, claimSentMs } = options;
    this.heartbeat = new Heartbeat({
      extend,
      leaseSeconds,
      heartbeatSeconds,
      clock,
      random,
      onFailure: (error, failures) => log().warn("heartbeat_failed", { error, failures }),
      onRefused: () => onRefused("heartbeat"),
    }, claimSentMs);
  }

  /**
   * Whether the lease, should it be lost now, is lost because the database does not answer, and not because the worker stood
   * still.
   */
  get cutOff(): boolean {
    return this.#unanswered || this.heartbeat.cutOff;
  }

  /**
   * The result of one fenced call. A call to a database that does not answer is sent again with backoff while the lease is
   * provably ours, for one lease's time at most. Rejects with {@link StopJob} when the lease is lost, at once and also
   * when the call hangs; `null` and `false` mean the same.
   */
  async fenced<T>(during: FencedCall, send: () => Promise<T>): Promise<Exclude<T, null | false>> {
    const { clock, random, leaseSeconds, log, onRefused } = this.#options;
    const giveUpMs = clock.monotonicMs() + leaseSeconds * 1000;
    for (let failures = 1;; failures++) {
      this.heartbeat.assertAlive();
      try {
        const answer = await this.heartbeat.whileAlive(this.#answered(send(), { during, giveUpMs }));
        this.#unanswered = false;
        if (answer === null || answer === false) {
          if (during !== "check") onRefused(during);
          throw new StopJob("lease_lost", during);
        }
        return answer as Exclude<T, null | false>;
      } catch (error) {
        if (isTransient(error)) this.#unanswered = true;
        if (!isTransient(error) || clock.monotonicMs() >= giveUpMs) throw error;
        log().warn("storage_retry", { during, failures, error });
        await clock.sleep(backoffMs(failures, { ...storageBackoff, random }), this.heartbeat.lost);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.heartbeat[Symbol.asyncDispose]();
  }

  // Heartbeats may go through while this call's own connection is dead: a call has a lease's time, too. It is not sent
  // again earlier: the first may still arrive, after writes that came later, and would turn the progress back.
  async #answered<T>(
    call: Promise<T>,
    { during, giveUpMs }: { readonly during: string; readonly giveUpMs: number },
  ): Promise<T> {
    const { name, clock, leaseSeconds } = this.#options;
    const late = () => {
      throw new BacktestError(
        "storage_unavailable",
        `Cannot ${during} ${name}: no answer within ${leaseSeconds} s`,
      );
    };
    return await race(() => call, { deadline: { clock, ms: giveUpMs - clock.monotonicMs(), late } });
  }
}
