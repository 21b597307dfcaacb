import assert from "node:assert/strict";
import fc from "fast-check";
import { SLICE_PRICE_BLOCKS } from "../../assembly/layout.ts";
import { accountRecord } from "../../src/adapters/wasm/account_record.ts";
import { emptyCandles } from "../../src/core/bars/mod.ts";
import type { Replay } from "../../src/core/execution/mod.ts";
import { measuresOf } from "../../src/core/ranking/mod.ts";
import { drawdown, equityCurve } from "../../src/core/report/mod.ts";
import { type KernelMeasures, kernelRun, type RunCase } from "../helpers/kernel_run.ts";
import { mixedCloses, mixedSignals, runCaseArbitrary } from "../helpers/run_cases.ts";
import { kernelBench } from "../helpers/series.ts";
import { writtenSlice } from "../helpers/signal_scores.ts";

const run = kernelRun(kernelBench());

const caseArbitrary = runCaseArbitrary({
  barsMax: 700,
  levelsMax: 5,
  closes: mixedCloses,
  signals: mixedSignals,
});

/** What the report's own functions make of a replay. */
function reported({ close, account }: RunCase, replay: Replay): KernelMeasures {
  const candles = emptyCandles(close.length);
  candles.close.set(close);
  const timeline = { candles, timeframeMs: 60_000, slice: { start: 0, stop: close.length } };
  const initCash = account.execution.init_cash_quote;
  const curve = equityCurve({ trades: replay.trades, timeline, initCash });
  const { totalReturnPct, grossProfit, grossLoss, trades } = measuresOf(replay, null);
  return {
    returnPct: totalReturnPct,
    drawdown: drawdown(curve)?.max ?? NaN,
    profit: grossProfit,
    loss: grossLoss,
    trades,
  };
}

function expected(given: RunCase, levels: { readonly sl: number | null; readonly tp: number | null }) {
  return reported(given, run.replay(given, levels));
}

Deno.test("measureSignals() equals the report in every figure and bit", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      assert.deepEqual(run.measureSignals(given), expected(given, { sl: null, tp: null }));
    }),
    { numRuns: 400 },
  );
});

Deno.test("scoreRiskPlane() measures every cell as the report does, in every bit", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const cells = given.stops.flatMap((sl) => given.targets.map((tp) => expected(given, { sl, tp })));
      assert.deepEqual(run.measureRiskPlane(given), cells);
    }),
    { numRuns: 200 },
  );
});

Deno.test("scoreRiskPlane() gives the same returns whether it measures or not", () => {
  fc.assert(
    fc.property(caseArbitrary, (given) => {
      const returns = run.measureRiskPlane(given).map(({ returnPct }) => returnPct);
      assert.deepEqual(returns, run.scoreRiskPlane(given));
    }),
    { numRuns: 100 },
  );
});

const calm = {
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

const plain = { account: calm, stops: [null], targets: [null] };

Deno.test("a slice without bars has no drawdown, one without trades a drawdown of 0", () => {
  const none = { returnPct: 0, drawdown: NaN, profit: 0, loss: 0, trades: 0 };
  assert.deepEqual(run.measureSignals({ ...plain, close: [], signals: [] }), none);
  const flat: RunCase = { ...plain, close: [1, 2], signals: ["N", "N"] };
  assert.deepEqual(run.measureSignals(flat), { ...none, drawdown: 0 });
  assert.deepEqual(run.measureRiskPlane(flat), [{ ...none, drawdown: 0 }]);
});

Deno.test("a short that loses more than everything has a drawdown beyond 1", () => {
  const given: RunCase = { ...plain, close: [100, 150, 250, 100], signals: ["S", "S", "N", "S"] };
  assert.deepEqual(run.measureSignals(given), {
    returnPct: -150,
    drawdown: 1.5,
    profit: 0,
    loss: -1500,
    trades: 1,
  });
});

Deno.test("a ruined account keeps its debt: the drawdown from the peak before, whatever prices do after", () => {
  const close = [100, 50, 250, 10, 10, 400];
  const given: RunCase = { ...plain, close, signals: ["S", "S", "S", "S", "N", "S"] };
  const ruined = { returnPct: -150, drawdown: 1 + 500 / 1500, profit: 0, loss: -1500, trades: 1 };
  assert.deepEqual(run.measureSignals(given), ruined);
  assert.deepEqual(run.measureRiskPlane(given), [ruined]);
});

Deno.test("the drawdown starts at the initial cash: an entry fee on the first bar is a loss", () => {
  const execution = { ...calm.execution, fee_pct: 1 };
  const given: RunCase = {
    ...plain,
    account: { ...calm, execution },
    close: [100, 100, 110],
    signals: ["L", "L", "L"],
  };
  assert.equal(run.measureSignals(given).drawdown, 1 - 990 / 1000);
  assert.equal(run.measureRiskPlane(given)[0]!.drawdown, 1 - 990 / 1000);
});

Deno.test("an equity that is not a number has no drawdown", () => {
  for (const hole of [NaN, Infinity]) {
    const given: RunCase = { ...plain, close: [100, hole, 110, 120], signals: ["L", "L", "L", "L"] };
    assert.deepEqual(run.measureSignals(given), expected(given, { sl: null, tp: null }));
    assert.equal(run.measureRiskPlane(given)[0]!.drawdown, NaN);
  }
});

Deno.test("the price blocks of a slice mark a block with a missing close", () => {
  const bench = kernelBench();
  const close = Array.from({ length: 130 }, (_, i) => i + 1);
  close[70] = NaN;
  const account = bench.f64(accountRecord(plain.account));
  const slice = writtenSlice(bench, { close, account, measuring: true });
  const { buffer } = bench.kernels.memory;
  const blocks = new DataView(buffer).getUint32(slice + SLICE_PRICE_BLOCKS, true);
  assert.deepEqual(bench.readF32(blocks, 6), [1, 64, NaN, NaN, 129, 130]);
});
