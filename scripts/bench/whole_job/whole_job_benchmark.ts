import { createHash } from "node:crypto";
import { createInProcessCompute } from "../../../src/adapters/wasm/in_process_compute.ts";
import type { SweepInput } from "../../../src/ports/compute.ts";
import type { Benchmark } from "../benchmark.ts";
import { checkAgainstReplay, spread } from "../check.ts";
import { peakMemoryMb } from "../machine.ts";
import { summary } from "../measure.ts";
import { candleFolder } from "./candle_folder.ts";
import { type FinishedJob, type JobWorld, jobWorld } from "./job_world.ts";
import { replayTimeMs } from "./replay_time.ts";

const threads = 2;
const warmupBars = 2000;
const minuteMs = 60_000;
const sizes = {
  full: { bars: 525_600, sma: 50, ema: 30, levels: 20, runs: 3, sample: 6 },
  smoke: { bars: 4_000, sma: 4, ema: 3, levels: 3, runs: 1, sample: 2 },
} as const;

/** A job from its request to its committed rows: candle file, queue, both stages, reports, Postgres. */
export const wholeJob: Benchmark = {
  usesPeers: false,
  async run(size) {
    const { bars, runs, sample } = sizes[size];
    await using folder = await candleFolder(warmupBars + bars);
    await using world = await jobWorld({ directory: folder.directory, threads });
    const body = requestBody({ ...sizes[size], startMs: folder.firstMs + warmupBars * minuteMs });
    const first = await world.run(body);
    const peak = peakMemoryMb();
    const jobs: FinishedJob[] = [first];
    while (jobs.length < runs) jobs.push(await world.run(body));
    const peakOfAll = peakMemoryMb();
    const hash = rowsHash(first);
    if (jobs.some((job) => rowsHash(job) !== hash)) {
      throw new Error("Cannot trust the rows: they differ by run");
    }
    await check(first, { world, sample });

    const times = summary(jobs.map(({ elapsedMs }) => elapsedMs));
    const sweep = await world.sweepOf(first.job);
    const replaysMs = replayTimeMs(sweep, variantsOf(first, sweep)) / threads;
    const kernels = summary(jobs.map(({ busyMs }) => busyMs / threads + replaysMs));
    const cells = sizes[size].levels ** 2;
    const bases = first.shortlist.length;
    // the run that was disturbed least, whole: figures of different runs do not add up
    const best = jobs.reduce((a, b) => (b.elapsedMs < a.elapsedMs ? b : a));
    const bestKernelsMs = best.busyMs / threads + replaysMs;
    return {
      ...times,
      ratios: { kernels_alone: kernels.median_ms / times.median_ms },
      hash,
      figures: {
        peak_memory_mb: peak,
        all_runs_peak_memory_mb: peakOfAll,
        kernel_ms: kernels.median_ms,
        best_run_kernel_ms: bestKernelsMs,
        best_run_overhead_percent: (best.elapsedMs / bestKernelsMs - 1) * 100,
        replays_ms: replaysMs,
        overhead_percent: (times.median_ms / kernels.median_ms - 1) * 100,
        ...Object.fromEntries(Object.entries(best.stageMs).map(([stage, ms]) => [`${stage}_ms`, ms])),
        us_per_variant: (times.median_ms * 1000) / (bases * cells),
      },
      conditions: {
        bars,
        base_variants: bases,
        risk_cells: cells,
        variants: bases * cells,
        threads,
        rows: first.rows.length,
        metrics: ["total_return_pct"],
        candle_file_bytes: folder.bytes,
        database: "embedded Postgres, not counted in the peak memory",
        kernel_ms:
          "time of all batches of both stages and of the planes, and of the module in the winners' replays, over threads",
        replays_ms: "measured after the runs, in one thread, over threads",
        overhead_percent:
          "job over kernel_ms; the rest is candle file, metrics of the reports, database, waiting",
        stages: "of the fastest run",
      },
    };
  },
};

/** The sweep of a whole job. */
export function requestBody(
  { bars, sma, ema, levels, startMs }: {
    readonly bars: number;
    readonly sma: number;
    readonly ema: number;
    readonly levels: number;
    readonly startMs: number;
  },
) {
  const average = (id: string, count: number, step: number) => ({
    indicator_id: id,
    params: { window: { mode: "range", start: step, stop_incl: step * count, step } },
    source: { mode: "explicit", values: ["close"] },
  });
  const level = { mode: "range", start: 0.2, stop_incl: levels / 5, step: 0.2 };
  return {
    time_range: {
      start: new Date(startMs).toISOString(),
      end: new Date(startMs + bars * minuteMs).toISOString(),
    },
    template: {
      instrument_id: { market_id: 1, symbol: "WALK" },
      timeframe: "1m",
      indicator_grids: [average("ma.sma", sma, 40), average("ma.ema", ema, 50)],
      risk_grid: { sl_enabled: true, tp_enabled: true, sl: level, tp: level },
      direction_mode: "long-short",
      sizing_mode: "all_in",
      execution: { fee_pct: 0.02, slippage_pct: 0.005 },
    },
    warmup_bars: warmupBars,
    top_k: 300,
    top_trades_n: 3,
  };
}

function rowsHash({ rows }: FinishedJob): string {
  const hash = createHash("sha256");
  for (const row of rows) hash.update(`${row.rank} ${row.variantKey} ${row.totalReturnPct}\n`);
  return hash.digest("hex");
}

/** The stored rows as variants of the plan. */
function variantsOf({ rows, shortlist }: FinishedJob, { plan }: SweepInput) {
  return rows.map(({ variantIndex }) => ({
    stageAIndex: shortlist[Math.floor(variantIndex / plan.riskTotal)]!,
    riskIndex: variantIndex % plan.riskTotal,
  }));
}

/** Replays some of the stored rows in a session that has nothing to do with the job's. */
async function check(
  finished: FinishedJob,
  { world, sample }: { readonly world: JobWorld; readonly sample: number },
): Promise<void> {
  const sweep = await world.sweepOf(finished.job);
  await using compute = createInProcessCompute();
  await using session = await compute.open(sweep);
  const variants = variantsOf(finished, sweep);
  await checkAgainstReplay(
    session,
    spread(variants.length, sample).map((at) => ({
      ...variants[at]!,
      score: finished.rows[at]!.totalReturnPct,
    })),
  );
}
