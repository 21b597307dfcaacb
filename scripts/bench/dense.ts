import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import type { Benchmark } from "./benchmark.ts";
import { checkAgainstReplay } from "./check.ts";
import { compareTapes } from "./compare_tapes.ts";
import { peakMemoryMb } from "./machine.ts";
import { measure } from "./measure.ts";
import { resultHash } from "./result_hash.ts";
import { signalTape } from "./signal_tape.ts";
import { peerRatios } from "./ratios.ts";
import { denseInput } from "./workloads.ts";

const runsOf = { full: 31, smoke: 2 } as const;

/** One year of minutes, one variant that trades all the time: what a trade costs when they are many. */
export const dense: Benchmark = {
  usesPeers: true,
  async run(size, { peers }) {
    const runs = runsOf[size];
    const input = denseInput(size);
    const bars = input.timeline.slice.stop - input.timeline.slice.start;
    await using compute = createInProcessCompute();
    await using session = await compute.open(input);
    const work = () => session.scoreBase({ from: 0, to: 1 }, { keep: 1, floor: -Infinity });
    const { times, result } = await measure(work, { runs });
    const peak = peakMemoryMb();
    const score = result.scores[0]!;
    const [replay] = await checkAgainstReplay(session, [{ stageAIndex: 0, riskIndex: null, score }]);
    const trades = replay!.trades.length;
    const tape = signalTape(replay!, input.timeline.slice);
    const compared = await compareTapes(
      { input, tapes: [tape], levels: [{ sl: null, tp: null }], expected: [score], runs: Math.min(runs, 9) },
      peers,
    );
    return {
      ...times,
      ratios: peerRatios(compared, { ours: times, scale: 1 }),
      hash: resultHash(result.scores),
      figures: {
        peak_memory_mb: peak,
        ns_per_bar: (times.median_ms * 1e6) / bars,
        ns_per_trade: (times.median_ms * 1e6) / trades,
      },
      conditions: { bars, trades, threads: 1, metrics: ["total_return_pct"], signals: "masks in cache" },
    };
  },
};
