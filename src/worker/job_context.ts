import type { DefaultGrids } from "../core/default_grids.ts";
import type { Job, Lease, Stage } from "../core/job.ts";
import type { Calendar } from "../core/timeframe.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { JobQueue } from "../ports/job_queue.ts";
import type { JobResults } from "../ports/job_results.ts";
import type { Log } from "../ports/log.ts";
import type { RunnerMetrics } from "../ports/runner_metrics.ts";
import type { BatchSize } from "../sweep/batch_size.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { StopJob } from "./stop.ts";

/** Settings of a worker, from the config. Durations in seconds, as configured. */
export interface WorkerSettings {
  readonly claimPollSeconds: number;
  readonly leaseSeconds: number;
  readonly heartbeatSeconds: number;
  /** Null: this trigger is off. */
  readonly snapshotSeconds: number | null;
  readonly snapshotVariantsStep: number | null;
  readonly topKPersisted: number;
  readonly guards: { readonly maxVariants: number; readonly maxBytes: number };
}

/** What a worker is made of. */
export interface WorkerDeps {
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly candles: CandleSource;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RunnerMetrics;
  readonly defaults: DefaultGrids;
  readonly calendarOf: (marketId: number) => Calendar;
  readonly settings: WorkerSettings;
  /** Replaces the adaptive batch size; for tests. */
  readonly batchSize?: () => BatchSize;
}

/**
 * A claimed job while it runs: its lease, its stage, and the one way in which stages touch the database between
 * batches.
 */
export class JobContext {
  readonly job: Job;
  readonly lease: Lease;
  readonly deps: WorkerDeps;
  readonly heartbeat: Heartbeat;
  readonly #stop: AbortSignal;
  #stage: Stage = "stage_a";

  constructor(
    claimed: { readonly job: Job; readonly lease: Lease; readonly heartbeat: Heartbeat },
    context: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
  ) {
    this.job = claimed.job;
    this.lease = claimed.lease;
    this.heartbeat = claimed.heartbeat;
    this.deps = context.deps;
    this.#stop = context.stop;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** The job's log; lines carry the stage they were written in. */
  get log(): Log {
    return this.deps.log.with({ stage: this.#stage });
  }

  /** Rejects with {@link StopJob} when the job must not go on: cancelled, lease lost, or the worker is stopping. */
  async checkpoint(): Promise<void> {
    this.heartbeat.assertAlive();
    const status = await this.deps.queue.check(this.lease);
    if (status === null) throw new StopJob("lease_lost", "check");
    if (status.cancelRequestedAtMs !== null) throw new StopJob("cancelled", "check");
    if (this.#stop.aborted) throw new StopJob("released", "check");
  }

  /** A batch boundary: cancel check, heartbeat if due, progress. */
  async boundary(processedUnits: number, totalUnits: number): Promise<void> {
    await this.checkpoint();
    await this.heartbeat.beatIfDue();
    await this.#progress(processedUnits, totalUnits);
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

  async #progress(processedUnits: number, totalUnits: number): Promise<void> {
    const progress = { stage: this.#stage, processedUnits, totalUnits };
    const status = await this.deps.queue.updateProgress(this.lease, progress);
    if (status === null) throw new StopJob("lease_lost", "progress");
  }
}
