import type { GuardBudgets } from "../core/grid/mod.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import type { Market } from "../core/bars/mod.ts";
import type { Job, Lease, Stage } from "../core/job/mod.ts";
import type { Preselect } from "../core/ranking/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { RuleProbe } from "../ports/rule_probe.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { ClaimPolicy, JobQueue } from "../ports/job_queue.ts";
import type { JobResults } from "../ports/job_results.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { Log } from "../ports/log.ts";
import type { RunnerMetrics } from "../ports/runner_metrics.ts";
import type { BatchSize } from "../sweep/batch_size.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { type FencedCall, LeasedWork } from "./leased_work.ts";
import type { SharingDeps } from "./sharing.ts";
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
  /** What it shares sweeps through; absent: it takes whole jobs only. */
  readonly sharing?: SharingDeps;
  /** Replaces the adaptive batch size; for tests. */
  readonly batchSize?: () => BatchSize;
}

/**
 * A claimed job while it runs: its lease, its stage, and the one way in which stages touch the database between
 * batches.
 */
export class JobContext implements AsyncDisposable {
  readonly job: Job;
  readonly lease: Lease;
  readonly deps: WorkerDeps;
  readonly work: LeasedWork;
  /** Aborted when the worker stops. */
  readonly stop: AbortSignal;
  /** Whether other workers may help with it; known once it has begun. */
  shares = false;
  #stage: Stage = "stage_a";
  #checkedMs: number;

  constructor(
    claimed: { readonly job: Job; readonly lease: Lease; readonly claimSentMs: number },
    context: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
  ) {
    const { job, lease, claimSentMs } = claimed;
    const { queue, clock, random, metrics, settings: { leaseSeconds, heartbeatSeconds } } = context.deps;
    this.job = job;
    this.lease = lease;
    this.deps = context.deps;
    this.stop = context.stop;
    this.work = new LeasedWork({
      name: `job "${job.jobId}"`,
      extend: () => queue.heartbeat(lease, { leaseSeconds }),
      leaseSeconds,
      heartbeatSeconds,
      clock,
      random,
      log: () => this.log,
      onRefused: (write) => metrics.writeRefused(write),
      claimSentMs,
    });
    this.#checkedMs = context.deps.clock.monotonicMs();
  }

  /** Monotonic time of the last checkpoint. */
  get checkedMs(): number {
    return this.#checkedMs;
  }

  get heartbeat(): Heartbeat {
    return this.work.heartbeat;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** The job's log; lines carry the stage they were written in. */
  get log(): Log {
    return this.deps.log.with({ stage: this.#stage });
  }

  /** The result of one call fenced by the job's lease; see {@link LeasedWork.fenced}. */
  async fenced<T>(during: FencedCall, send: () => Promise<T>): Promise<Exclude<T, null | false>> {
    return await this.work.fenced(during, send);
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

  /** Ends the heartbeats. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.work[Symbol.asyncDispose]();
  }
}
