import { createHash } from "node:crypto";
import { emptyCandles, wholeSeries } from "../../src/core/bars/mod.ts";
import type { Job, StoredTopVariant } from "../../src/core/job/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Compute } from "../../src/ports/compute.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import { adaptiveBatchSize, fixedBatchSize } from "../../src/sweep/batch_size.ts";
import { runJob } from "../../src/worker/run_job.ts";
import { randomWalk } from "../helpers/series.ts";
import { harness } from "../helpers/worker_harness.ts";

/** What a job is run with. */
export interface PoolJobOptions {
  readonly compute: Compute;
  /** Hourly bars; see `requestOver`. */
  readonly bars: number;
  /** Parts of the request that differ from `requestOver(bars)`. */
  readonly changes?: Readonly<Record<string, unknown>>;
  /** Parts of its template that differ. */
  readonly template?: Readonly<Record<string, unknown>>;
  /** Base variants per batch; sized by time, as in production, without it. */
  readonly batchUnits?: number;
  /** Makes the worker give the job back. */
  readonly stop?: AbortSignal;
  /** Called once the job is being run. */
  readonly during?: (running: RunningJob) => Promise<void>;
}

/** A job that is being run. */
export interface RunningJob {
  readonly jobs: JobRepository;
  readonly jobId: string;
  hasEnded(): boolean;
}

/** A job that has ended, and its rows. */
export interface EndedJob {
  readonly outcome: string;
  readonly job: Job;
  readonly rows: readonly StoredTopVariant[];
}

const hourMs = 3_600_000;
const firstMs = Date.UTC(2026, 0, 1);
const warmupBars = 50;

/** Runs one job with the worker's own code on a compute of the test's; only queue and results are in memory. */
export async function runPoolJob(
  { compute, bars, changes = {}, template = {}, batchUnits, stop, during }: PoolJobOptions,
): Promise<EndedJob> {
  const guards = { maxVariants: 600_000, maxVariantsExhaustive: 600_000, maxBytes: 2 ** 34 };
  const world = harness({ candles: walkSource(warmupBars + bars), settings: { guards } });
  const request = { ...requestOver(bars), ...changes };
  const { jobId } = await world.submit({
    ...request,
    template: { ...request.template as Record<string, unknown>, ...template },
  });
  const batchSize = () => batchUnits === undefined ? adaptiveBatchSize(8) : fixedBatchSize(batchUnits);
  const deps = { ...world.deps, compute, batchSize };
  const sentMs = world.clock.monotonicMs();
  const lockedBy = "worker-1";
  const job = await world.queue.claimNext({ lockedBy, leaseSeconds: deps.settings.leaseSeconds });
  if (job === null) throw new Error("Cannot run a job: the queue is empty");
  const running = runJob({ job, lockedBy, sentMs }, { deps, stop: stop ?? new AbortController().signal });
  let ended = false;
  running.finally(() => ended = true);
  await during?.({ jobs: world.jobs, jobId, hasEnded: () => ended });
  const { outcome } = await running;
  return {
    outcome,
    job: (await world.jobs.get(jobId))!,
    rows: await world.results.listTopVariants(jobId, 1000),
  };
}

/**
 * A request of 96 base variants, half of them twins of another that differ in an inert parameter only, 12 cells each,
 * of which 40 are expanded and 60 rows kept, 10 of them with trades.
 */
export function requestOver(bars: number): Record<string, unknown> {
  const explicit = (...values: readonly (number | string)[]) => ({ mode: "explicit", values });
  return {
    time_range: {
      start: new Date(firstMs + warmupBars * hourMs).toISOString(),
      end: new Date(firstMs + (warmupBars + bars) * hourMs).toISOString(),
    },
    template: {
      instrument_id: { market_id: 1, symbol: "WALK" },
      timeframe: "1h",
      indicator_grids: [
        {
          indicator_id: "ma.ema",
          params: { window: explicit(5, 8, 13, 21) },
          source: explicit("close", "hlc3"),
        },
        {
          indicator_id: "momentum.macd",
          params: {
            fast_window: explicit(4, 6),
            slow_window: explicit(12, 20, 30),
            signal_window: explicit(3, 5),
          },
          source: explicit("close"),
        },
      ],
      risk_grid: { sl_enabled: true, tp_enabled: true, sl: explicit(1, 2.5, 4), tp: explicit(0.5, 2, 4, 8) },
    },
    warmup_bars: warmupBars,
    preselect: 40,
    top_k: 60,
    top_trades_n: 10,
  };
}

/** SHA-256 of rows with everything in them, reports and trades included, but job id and time. */
export function rowsHash(rows: readonly StoredTopVariant[]): string {
  const contents = rows.map(({ jobId: _id, updatedAtMs: _at, ...row }) => row);
  return createHash("sha256").update(JSON.stringify(contents)).digest("hex");
}

/** Hourly bars of a walk, the same every time. */
export function walkSource(bars: number): CandleSource {
  const walk = randomWalk(bars, 77);
  return {
    load() {
      const candles = emptyCandles(bars);
      for (const name of ["open", "high", "low", "close", "volume"] as const) candles[name].set(walk[name]);
      candles.tsOpenMs.forEach((_, i) => candles.tsOpenMs[i] = firstMs + i * hourMs);
      return Promise.resolve(wholeSeries({ candles, timeframeMs: hourMs }));
    },
  };
}
