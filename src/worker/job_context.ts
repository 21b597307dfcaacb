import type { GuardBudgets } from "../core/grid/mod.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import type { Market } from "../core/bars/mod.ts";
import { BacktestError, isTransient } from "../core/errors/mod.ts";
import { backoffMs, type Job, type Lease, type Stage } from "../core/job/mod.ts";
import type { Preselect } from "../core/ranking/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { RuleProbe } from "../ports/rule_probe.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { ClaimPolicy, JobQueue } from "../ports/job_queue.ts";
import type { JobResults } from "../ports/job_results.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { Log } from "../ports/log.ts";
import type { FencedWrite, RunnerMetrics } from "../ports/runner_metrics.ts";
import { race } from "../ports/race.ts";
import type { BatchSize } from "../sweep/batch_size.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { StopJob } from "./stop.ts";

/** Settings of a worker, from the config. Durations in seconds, as configured. */
export interface WorkerSettings {
  readonly claimPollSeconds: number;
  readonly claimPolicy: ClaimPolicy;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** How often a job may be started in vain. */
  readonly maxAttempts: number;
  /** How long a candle source may take. */
  readonly loadTimeoutSeconds: number;
  /** Null: this trigger is off. */
  readonly snapshotSeconds: number | null;
  readonly snapshotVariantsStep: number | null;
  readonly topKPersisted: number;
  readonly guards: GuardBudgets;
  /** What `preselect: "all"` is held against. */
  readonly preselectDefault: Preselect;
}

/** What a worker is made of. */
export interface WorkerDeps {
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly wakeups: JobWakeups;
  readonly candles: CandleSource;
  readonly compute: Compute;
  readonly rules: RuleProbe;
  readonly clock: Clock;
  /** Numbers in [0, 1), for jitter; never enters a result. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: RunnerMetrics;
  readonly defaults: DefaultGrids;
  readonly marketOf: (marketId: number) => Market;
  readonly settings: WorkerSettings;
  /** Replaces the adaptive batch size; for tests. */
  readonly batchSize?: () => BatchSize;
}

/** The read `check`, or a write. */
export type FencedCall = "check" | FencedWrite;

const storageBackoff = { baseMs: 100, maxMs: 2000 };

/**
 * A claimed job while it runs: its lease, its stage, and the one way in which stages touch the database between
 * batches.
 */
export class JobContext {
  readonly job: Job;
  readonly lease: Lease;
  readonly deps: WorkerDeps;
  readonly heartbeat: Heartbeat;
  /** Aborted when the worker stops. */
  readonly stop: AbortSignal;
  #stage: Stage = "stage_a";
  #unanswered = false;
  #checkedMs: number;

  constructor(
    claimed: { readonly job: Job; readonly lease: Lease; readonly heartbeat: Heartbeat },
    context: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
  ) {
    this.job = claimed.job;
    this.lease = claimed.lease;
    this.heartbeat = claimed.heartbeat;
    this.deps = context.deps;
    this.stop = context.stop;
    this.#checkedMs = context.deps.clock.monotonicMs();
  }

  /** Monotonic time of the last checkpoint. */
  get checkedMs(): number {
    return this.#checkedMs;
  }

  /**
   * Whether the lease, should it be lost now, is lost because the database does not answer, and not because the worker stood
   * still.
   */
  get cutOff(): boolean {
    return this.#unanswered || this.heartbeat.cutOff;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** The job's log; lines carry the stage they were written in. */
  get log(): Log {
    return this.deps.log.with({ stage: this.#stage });
  }

  /**
   * The result of one fenced call. A call to a database that does not answer is sent again with backoff while the lease is
   * provably ours, for one lease's time at most. Rejects with {@link StopJob} when the lease is lost, at once and also
   * when the call hangs; `null` and `false` mean the same.
   */
  async fenced<T>(during: FencedCall, send: () => Promise<T>): Promise<Exclude<T, null | false>> {
    const { clock, random, settings, metrics } = this.deps;
    const giveUpMs = clock.monotonicMs() + settings.leaseSeconds * 1000;
    for (let failures = 1;; failures++) {
      this.heartbeat.assertAlive();
      try {
        const answer = await this.heartbeat.whileAlive(this.#answered(send(), { during, giveUpMs }));
        this.#unanswered = false;
        if (answer === null || answer === false) {
          if (during !== "check") metrics.writeRefused(during);
          throw new StopJob("lease_lost", during);
        }
        return answer as Exclude<T, null | false>;
      } catch (error) {
        if (isTransient(error)) this.#unanswered = true;
        if (!isTransient(error) || clock.monotonicMs() >= giveUpMs) throw error;
        this.log.warn("storage_retry", { during, failures, error });
        await clock.sleep(backoffMs(failures, { ...storageBackoff, random }), this.heartbeat.lost);
      }
    }
  }

  // Heartbeats may go through while this call's own connection is dead: a call has a lease's time, too. It is not sent
  // again earlier: the first may still arrive, after writes that came later, and would turn the progress back.
  async #answered<T>(
    call: Promise<T>,
    { during, giveUpMs }: { readonly during: string; readonly giveUpMs: number },
  ): Promise<T> {
    const { clock, settings } = this.deps;
    const late = () => {
      throw new BacktestError(
        "storage_unavailable",
        `Cannot ${during} job "${this.job.jobId}": no answer within ${settings.leaseSeconds} s`,
      );
    };
    return await race(() => call, { deadline: { clock, ms: giveUpMs - clock.monotonicMs(), late } });
  }

  /** Rejects with {@link StopJob} when the job must not go on: cancelled, lease lost, or the worker is stopping. */
  async checkpoint(): Promise<void> {
    this.#checkedMs = this.deps.clock.monotonicMs();
    const status = await this.fenced("check", () => this.deps.queue.check(this.lease));
    if (status.cancelRequestedAtMs !== null) throw new StopJob("cancelled", "check");
    if (this.stop.aborted) throw new StopJob("released", "check");
  }

  /** A batch boundary: cancel check, heartbeat if due, progress. */
  async boundary(processedUnits: number, totalUnits: number): Promise<void> {
    await this.checkpoint();
    await this.heartbeat.beatIfDue();
    const progress = { stage: this.#stage, processedUnits, totalUnits };
    const status = await this.fenced("progress", () => this.deps.queue.updateProgress(this.lease, progress));
    if (status.cancelRequestedAtMs !== null) throw new StopJob("cancelled", "progress");
  }

  /** Runs one stage: check, first progress write, the work, and its duration in log and metrics. */
  async inStage<T>(
    stage: Stage,
    totalUnits: number,
    work: () => Promise<T>,
  ): Promise<T> {
    this.#stage = stage;
    const { clock, metrics } = this.deps;
    const startedMs = clock.monotonicMs();
    await this.boundary(0, totalUnits);
    this.log.info("stage_started", { total_units: totalUnits });
    try {
      const result = await work();
      this.log.info("stage_finished", {
        total_units: totalUnits,
        seconds: (clock.monotonicMs() - startedMs) / 1000,
      });
      return result;
    } finally {
      metrics.stageDone(stage, (clock.monotonicMs() - startedMs) / 1000);
    }
  }
}
