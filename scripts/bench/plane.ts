import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { riskAt } from "../../src/core/grid/mod.ts";
import type { Candidates, ComputeSession } from "../../src/ports/compute.ts";
import type { Benchmark } from "./benchmark.ts";
import { checkAgainstReplay, type ScoredVariant, spread } from "./check.ts";
import { compareTapes } from "./compare_tapes.ts";
import { peakMemoryMb } from "./machine.ts";
import { measure } from "./measure.ts";
import { peerRatios } from "./ratios.ts";
import { resultHash } from "./result_hash.ts";
import { stageBOrder } from "./stage_b_order.ts";
import { signalTape } from "./signal_tape.ts";
import { planeInput } from "./workloads.ts";

const sizes = { full: { runs: 31, sample: 16 }, smoke: { runs: 2, sample: 4 } } as const;

/**
 * One year of minutes, one base variant, 20 stops x 20 targets at once. The time is that of a plane with no cell among the
 * best, as nearly all planes of a sweep are; beside it stands that of a plane whose every cell is wanted.
 */
export const plane: Benchmark = {
  usesPeers: true,
  async run(size, { peers }) {
    const { runs, sample } = sizes[size];
    const input = planeInput(size);
    const bars = input.timeline.slice.stop - input.timeline.slice.start;
    const cells = input.plan.riskTotal;
    await using compute = createInProcessCompute();
    await using session = await compute.open(input);
    const score = (floor: number) => session.scoreRisk([0], { keep: cells, floor });
    const exact = await measure(() => score(-Infinity), { runs });
    const scores = byIndex(exact.result, cells);
    const best = Math.max(...scores);
    const dismissed = await measure(() => score(best + 1), { runs });
    const peak = peakMemoryMb();

    assert.equal(
      dismissed.result.indexes.length,
      0,
      "Cannot trust the result: a plane below the floor passed",
    );
    requireBest(await score(best), scores);
    const scored = spread(cells, sample).map((cell) => ({
      stageAIndex: 0,
      riskIndex: cell,
      score: scores[cell]!,
    }));
    await checkAgainstReplay(session, scored);

    const { tape, trades } = await baseTape(session, input.timeline.slice);
    const levels = scored.map(({ riskIndex }) => riskAt(input.plan, riskIndex))
      .map(({ sl_pct, tp_pct }) => ({ sl: sl_pct, tp: tp_pct }));
    const expected = scored.map((cell: ScoredVariant) => cell.score);
    const compared = await compareTapes(
      { input, tapes: [tape], levels, expected, runs: Math.min(runs, 5) },
      peers,
    );
    const order = await stageBOrder(size);
    const { times } = dismissed;
    return {
      ...times,
      ratios: {
        ...peerRatios(compared, { ours: times, scale: cells / levels.length }),
        every_cell_exact: exact.times.median_ms / times.median_ms,
      },
      hash: resultHash(scores),
      figures: {
        peak_memory_mb: peak,
        every_cell_exact_median_ms: exact.times.median_ms,
        ns_per_bar: (times.median_ms * 1e6) / bars,
        ns_per_trade: (times.median_ms * 1e6) / trades,
        ...order,
        exact_ns_per_trade_and_cell: (exact.times.median_ms * 1e6) / (trades * cells),
      },
      conditions: {
        bars,
        trades,
        cells,
        threads: 1,
        metrics: ["total return"],
        signals: "masks in cache",
        timed: "all cells estimated to 1e-9, none among the best; every_cell_exact: bit-equal to the replay",
        hashed: "every cell, exact",
        preselect_all_over_ranked:
          "Stage B of all pairs of averages with every cell, in turn, least processor time",
        compared: `${levels.length} of ${cells} cells bar by bar, scaled up`,
      },
    };
  },
};

async function baseTape(session: ComputeSession, slice: { readonly start: number; readonly stop: number }) {
  const replay = await session.replay({ stageAIndex: 0, riskIndex: null });
  return { tape: signalTape(replay, slice), trades: replay.trades.length };
}

/** With the best score as the floor just the best cells may come out: no estimate dismissed them. */
function requireBest(candidates: Candidates, scores: Float64Array): void {
  const best = Math.max(...scores);
  const wanted = [...scores.keys()].filter((cell) => scores[cell] === best);
  const found = [...candidates.indexes].sort((a, b) => a - b);
  assert.deepEqual(found, wanted, "Cannot trust the result: the best cells did not pass");
}

function byIndex({ indexes, scores }: Candidates, total: number): Float64Array {
  const sorted = new Float64Array(total).fill(NaN);
  indexes.forEach((index, i) => sorted[index] = scores[i]!);
  return sorted;
}
