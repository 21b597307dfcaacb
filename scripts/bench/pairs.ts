import type { Benchmark, Peers } from "./benchmark.ts";
import { spread } from "./check.ts";
import { checkTable } from "./check_table.ts";
import { timeWasm } from "./compare_tapes.ts";
import { timeKernelTurns } from "./kernel_turns.ts";
import type { Times } from "./measure.ts";
import { oldCommit } from "./old_kernels.ts";
import { peerRatios } from "./ratios.ts";
import { timeScoreTable } from "./score_table.ts";
import type { TapeRun } from "./tape_run.ts";
import { measuredPairsInput, pairsInput, pairWindows } from "./workloads.ts";

const sizes = {
  full: { runs: 5, sample: 25, peerWindows: 6, turns: 8, batches: 12 },
  smoke: { runs: 2, sample: 4, peerWindows: 2, turns: 1, batches: 2 },
} as const;

/** Every pair of a simple and an exponential average, each used by many variants: what a base variant costs. */
export const pairs: Benchmark = {
  usesPeers: true,
  async run(size, { peers }) {
    const { runs, sample, peerWindows, turns, batches } = sizes[size];
    const returnOnly = pairsInput(size);
    const input = measuredPairsInput(size);
    const bars = input.timeline.slice.stop - input.timeline.slice.start;
    const variants = input.plan.stageATotal;

    const onOne = await timeScoreTable(input, { threads: 1, runs });
    const plain = await timeScoreTable(returnOnly, { threads: 1, runs });
    const onTwo = await timeScoreTable(input, { threads: 2, runs });
    const plainOnTwo = await timeScoreTable(returnOnly, { threads: 2, runs });
    if (onTwo.hash !== onOne.hash) throw new Error("Cannot trust the result: two threads give another");
    const { tapes, returns, meanTrades } = await checkTable(onOne.table, { input, sample });
    await checkTable(plain.table, { input: returnOnly, sample });

    const run = { input: returnOnly, tapes, levels: [{ sl: null, tp: null }], expected: returns, runs: 3 };
    const compared = { wasm: await timeWasm(run), c: await peers.c?.run(run) ?? null, vectorbt: null };
    const windows = spread(pairWindows[size].length, peerWindows).map((i) => pairWindows[size][i]!);
    const vectorbt = await timeVectorbt(run, { peers, windows, pairs: variants });
    const kernels = await timeKernelTurns({ all: input, plain: returnOnly, runs: turns, batches });
    const { times } = onOne;
    return {
      ...times,
      ratios: {
        ...peerRatios(compared, { ours: plain.times, scale: variants / tapes.length }),
        ...(vectorbt === null ? {} : { vectorbt: vectorbt / times.median_ms }),
        return_only: plain.times.median_ms / times.median_ms,
        two_threads: onTwo.times.median_ms / times.median_ms,
      },
      hash: onOne.hash,
      figures: {
        peak_memory_mb: onOne.peakMemoryMb,
        two_threads_peak_memory_mb: onTwo.peakMemoryMb,
        two_threads_median_ms: onTwo.times.median_ms,
        return_only_median_ms: plain.times.median_ms,
        return_only_two_threads_median_ms: plainOnTwo.times.median_ms,
        ns_per_bar: (times.median_ms * 1e6) / (variants * bars),
        ns_per_trade: (times.median_ms * 1e6) / (variants * meanTrades),
        return_only_ns_per_trade: (plain.times.median_ms * 1e6) / (variants * meanTrades),
        ...kernels,
      },
      conditions: {
        bars,
        variants,
        mean_trades: Math.round(meanTrades),
        threads: "1, compared with 2",
        metrics: ["total return", "gross profit and loss", "max drawdown at bar closes"],
        turns:
          `all_over_return, all_over_old, return_over_old: ${batches} batches of pairs in one process, masks in ` +
          `cache, in turn, least processor time of ${turns}; old: the kernels of commit ${
            oldCommit.slice(0, 7)
          }`,
        includes: "posting the columns, indicators, masks, scores",
        compared:
          `bar by bar: return only, with ready signals, ${tapes.length} of ${variants} pairs, scaled up, ` +
          "against return_only" +
          (vectorbt === null
            ? ""
            : `; vectorbt: all metrics, ${windows.length ** 2} pairs and their averages, each scaled up`),
      },
    };
  },
};

/** Time of the whole workload in ms; null without vectorbt. */
async function timeVectorbt(
  run: TapeRun,
  options: { readonly peers: Peers; readonly windows: readonly number[]; readonly pairs: number },
): Promise<number | null> {
  const { peers: { vectorbt }, windows, pairs } = options;
  if (vectorbt === null) return null;
  const { averages, columns } = await vectorbt.runPairs({ ...run, tapes: [] }, {
    sma: windows,
    ema: windows,
  });
  const each = (times: Times, count: number) => times.median_ms / count;
  const averagesTotal = 2 * Math.sqrt(pairs);
  return each(averages, 2 * windows.length) * averagesTotal + each(columns, windows.length ** 2) * pairs;
}
