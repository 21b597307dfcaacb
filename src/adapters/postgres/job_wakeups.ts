import { BacktestError } from "../../core/errors/mod.ts";
import { backoffMs } from "../../core/job/mod.ts";
import { sha256Hex } from "../../core/text/mod.ts";
import type { Clock } from "../../ports/clock.ts";
import type { JobWakeups, WakeupListener } from "../../ports/job_wakeups.ts";
import type { Log } from "../../ports/log.ts";
import { race } from "../../ports/race.ts";
import { connect, disconnect, type Sql } from "./connect.ts";
import { cancelChannel, queuedChannel } from "./job_notices.ts";
import { taskEndedChannel, taskQueuedChannel } from "./optimization_sql.ts";
import { withStorageErrors } from "./storage_error.ts";

/** What the listening connection is opened with. */
export interface JobWakeupsOptions {
  /** Of the server, which must support LISTEN. */
  readonly dsn: string;
  /** Tells this listener from all others on the server. */
  readonly listenerId: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1), for the jitter between attempts to connect. */
  readonly random: () => number;
  /** How often the connection has to prove that it still hears, and how long it may take; 10 s. */
  readonly probeMs?: number;
}

const probeMsDefault = 10_000;
const reconnect = { baseMs: 500, maxMs: 10_000 };

/**
 * Hints from Postgres over LISTEN. A connection that breaks is opened again by the driver; one that only looks alive is
 * found out because it must hear a notice to itself in time, and replaced. Whenever listening begins (again) listeners
 * are told `queued` and `taskQueued`, as something may have been missed. Never rejects: without a server there are no hints.
 */
export class PostgresJobWakeups implements JobWakeups, AsyncDisposable {
  readonly #options: JobWakeupsOptions;
  readonly #listeners = new Set<WakeupListener>();
  readonly #stopped = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: JobWakeupsOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  subscribe(listener: WakeupListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, random, dsn } = this.#options;
    const stopped = this.#stopped.signal;
    for (let failures = 0; !stopped.aborted;) {
      const sql = connect(dsn, { connectionsMax: 1 });
      try {
        const probe = new Probe();
        await withStorageErrors("listen for jobs", () => this.#inTime(this.#listen(sql, probe)));
        failures = 0;
        for (;;) {
          await clock.sleep(this.#probeMs, stopped);
          if (stopped.aborted) break;
          await this.#inTime(probe.roundTrip(sql, this.#probeChannel));
        }
      } catch (error) {
        log.warn("wakeups_failed", { error });
      } finally {
        await disconnect(sql, { seconds: 0, listened: true });
      }
      if (!stopped.aborted) await clock.sleep(backoffMs(++failures, { ...reconnect, random }), stopped);
    }
  }

  async #listen(sql: Sql, probe: Probe): Promise<void> {
    const tell = (call: (listener: WakeupListener) => void) => this.#listeners.forEach(call);
    const queued = () => tell((listener) => listener.queued());
    const missed = () =>
      tell((listener) => {
        listener.queued();
        listener.taskQueued?.();
      });
    await sql.listen(this.#probeChannel, () => probe.heard());
    await sql.listen(cancelChannel, (jobId) => tell((listener) => listener.cancelRequested(jobId)));
    await sql.listen(taskQueuedChannel, () => tell((listener) => listener.taskQueued?.()));
    await sql.listen(taskEndedChannel, (jobId) => tell((listener) => listener.taskEnded?.(jobId)));
    await sql.listen(queuedChannel, queued, missed);
  }

  get #probeMs(): number {
    return this.#options.probeMs ?? probeMsDefault;
  }

  /** A channel of our own; its name must not grow with the listener's. */
  get #probeChannel(): string {
    return `backtest_probe_${sha256Hex(this.#options.listenerId).slice(0, 16)}`;
  }

  /** Resolves with the work or when stopped; rejects when the work takes longer than a probe may. */
  async #inTime(work: Promise<void>): Promise<void> {
    const late = () => {
      throw deaf(this.#probeMs);
    };
    await race(() => work, {
      deadline: { clock: this.#options.clock, ms: this.#probeMs, late },
      abort: { signal: this.#stopped.signal, aborted() {} },
    });
  }
}

/** A notice to oneself, which only a connection that hears brings back. */
class Probe {
  #heard = Promise.withResolvers<void>();

  heard(): void {
    this.#heard.resolve();
  }

  async roundTrip(sql: Sql, channel: string): Promise<void> {
    this.#heard = Promise.withResolvers();
    await sql.notify(channel, "");
    await this.#heard.promise;
  }
}

function deaf(silentMs: number): BacktestError {
  return new BacktestError("storage_unavailable", `Cannot hear the database: silent for ${silentMs} ms`);
}
