import assert from "node:assert/strict";
import fc from "fast-check";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { directionModes, type Replay, tradeColumns } from "../../src/core/execution/mod.ts";
import { reportDesk, reportVariant, withTimes } from "../../src/core/report/mod.ts";
import { kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { mixedCloses, mixedSignals, runCaseArbitrary } from "../helpers/run_cases.ts";
import { kernelBench, randomWalk } from "../helpers/series.ts";
import { sweepInput } from "../helpers/sweep.ts";

const run = kernelRun(kernelBench());

const cases = {
  short: runCaseArbitrary({ barsMax: 220, levelsMax: 6 }),
  long: runCaseArbitrary({ barsMax: 700, levelsMax: 3, closes: mixedCloses, signals: mixedSignals }),
};

/** The replay, or the text of its refusal. */
function outcomeOf(replay: () => Replay): Replay | string {
  try {
    return replay();
  } catch (error) {
    return (error as Error).message;
  }
}

for (const [name, arbitrary] of Object.entries(cases)) {
  Deno.test(`replaySegments() equals replay() in every field and bit, ${name} runs`, () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        for (const sl of given.stops) {
          for (const tp of given.targets) {
            const expected = outcomeOf(() => run.replay(given, { sl, tp }));
            assert.deepEqual(outcomeOf(() => run.replaySegments(given, { sl, tp })), expected);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
}

const free = {
  directionMode: "long-short",
  sizingMode: "all_in",
  execution: {
    init_cash_quote: 1000,
    fixed_quote: 100,
    safe_profit_percent: 30,
    fee_pct: 0,
    slippage_pct: 0,
  },
} as const;

function reasons(given: Pick<RunCase, "close" | "signals">, sl: number | null): (string | number)[][] {
  const { trades } = run.replaySegments({ ...given, account: free, stops: [], targets: [] }, {
    sl,
    tp: null,
  });
  return trades.map((trade) => [trade.entry_bar_index, trade.exit_bar_index, trade.exit_reason]);
}

Deno.test("replaySegments() closes on the last bar by stop, by signal, or because the slice ends", () => {
  const close = [100, 100, 80];
  assert.deepEqual(reasons({ close, signals: ["L", "L", "L"] }, 10), [[0, 2, "sl"]]);
  assert.deepEqual(reasons({ close, signals: ["L", "L", "N"] }, null), [[0, 2, "signal_exit"]]);
  assert.deepEqual(reasons({ close, signals: ["L", "L", "L"] }, null), [[0, 2, "forced_close"]]);
  assert.deepEqual(reasons({ close, signals: ["N", "L", "S"] }, 10), [[1, 2, "sl"], [2, 2, "forced_close"]]);
});

Deno.test("replaySegments() names the bar of an impossible fill", () => {
  const close = [100, NaN, 100];
  assert.throws(() => reasons({ close, signals: ["L", "N", "N"] }, null), /bad bar 1/);
  assert.throws(() => reasons({ close, signals: ["N", "L", "N"] }, null), /bad bar 1/);
});

Deno.test("a session's reports equal those of its bar-by-bar replays", async () => {
  await using compute = createInProcessCompute();
  const head = { requestRange: { startMs: 0, endMs: 1 }, daysPerYear: 365 };
  let trades = 0;
  for (const directionMode of directionModes) {
    const input = sweepInput({
      candles: randomWalk(25_000, 5),
      slice: { start: 37, stop: 24_990 },
      indicators: [{ id: "ma.ema", axes: { source: ["close"], window: [2, 40, 9] } }],
      sl: [2.5, null],
      tp: [3, null],
      directionMode,
    });
    const { plan, timeline } = input;
    await using session = await compute.open(input);
    for (let index = 0; index < plan.stageATotal * plan.riskTotal; index++) {
      const [stageAIndex, riskIndex] = [Math.floor(index / plan.riskTotal), index % plan.riskTotal];
      const replay = await session.replay({ stageAIndex, riskIndex });
      const traded = {
        trades: tradeColumns(replay.trades),
        totalReturnPct: replay.total_return_pct,
        storedTrades: withTimes(replay.trades, timeline),
      };
      const expected = reportVariant(traded, { plan, desk: reportDesk(timeline), ...head });
      const wish = { ...head, withTrades: true };
      assert.deepEqual(await session.report({ stageAIndex, riskIndex }, wish), expected);
      const { trades: none, ...rest } = await session.report({ stageAIndex, riskIndex }, {
        ...head,
        withTrades: false,
      });
      assert.equal(none, null);
      assert.deepEqual({ ...rest, trades: traded.storedTrades }, expected);
      const { length } = replay.trades;
      if (length > 0) {
        const point = { stageAIndex, riskIndex };
        const enough = await session.report(point, { ...wish, tradesMax: length });
        assert.equal(enough.trades?.length, length);
        const few = await session.report(point, { ...wish, tradesMax: length - 1 });
        assert.deepEqual({ ...few, trades: expected.trades }, expected);
        assert.equal(few.trades, null);
      }
      trades = Math.max(trades, length);
    }
  }
  assert.ok(trades > 8192, `at most ${trades} trades, which is one page`);
});
