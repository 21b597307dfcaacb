import assert from "node:assert/strict";
import { emptyCandles, type Timeline } from "../bars/mod.ts";
import type { Trade } from "../execution/mod.ts";
import { equityCurve } from "./equity.ts";

function timelineOf(closes: readonly number[], slice = { start: 0, stop: closes.length }): Timeline {
  const candles = emptyCandles(closes.length);
  candles.close.set(closes);
  candles.tsOpenMs.set(closes.map((_, i) => i * 60_000));
  return { candles, timeframeMs: 60_000, slice };
}

const trade: Trade = {
  trade_id: 1,
  direction: "short",
  entry_bar_index: 2,
  exit_bar_index: 4,
  entry_fill_price: 100,
  exit_fill_price: 80,
  qty_base: 10,
  entry_quote_amount: 1000,
  exit_quote_amount: 800,
  entry_fee_quote: 1,
  exit_fee_quote: 2,
  gross_pnl_quote: 200,
  net_pnl_quote: 197,
  locked_profit_quote: 50,
  exit_reason: "signal_exit",
};

Deno.test("equityCurve() marks an open short at the raw close and moves locked profit without losing it", () => {
  const timeline = timelineOf([1, 100, 100, 90, 80, 80], { start: 1, stop: 6 });
  const curve = equityCurve({ trades: [trade], timeline, initCash: 2000 });
  assert.deepEqual([...curve.equity], [2000, 1999, 2099, 2197, 2197]);
  assert.deepEqual([...curve.closeTsMs], [120_000, 180_000, 240_000, 300_000, 360_000]);
  assert.deepEqual([...curve.havePosition], [0, 1, 1, 1, 0]);
  assert.deepEqual([...curve.exposureFrac], [0, 1000 / 1999, 1000 / 2099, 1000 / 2197, 0]);
});

Deno.test("equityCurve() gives a reversal bar to the later trade", () => {
  const second = { ...trade, trade_id: 2, entry_bar_index: 4, exit_bar_index: 4, entry_quote_amount: 700 };
  const timeline = timelineOf([100, 100, 100, 90, 80]);
  const curve = equityCurve({ trades: [trade, second], timeline, initCash: 2000 });
  assert.equal(curve.equity[4], 2000 + 197 + 197);
  assert.equal(curve.exposureFrac[4], 700 / 2394);
});

Deno.test("equityCurve() cannot tell the exposure where equity is 0", () => {
  const curve = equityCurve({ trades: [trade], timeline: timelineOf([1, 1, 100, 200, 1]), initCash: 1001 });
  assert.equal(curve.equity[3], 0);
  assert.ok(Number.isNaN(curve.exposureFrac[3]));
});

Deno.test("equityCurve() refuses trades that are not in order or leave the slice", () => {
  const timeline = timelineOf([1, 1, 1, 1, 1, 1]);
  const first = { ...trade, entry_bar_index: 0, exit_bar_index: 1 };
  for (
    const trades of [[trade, first], [{ ...trade, exit_bar_index: 9 }], [{ ...trade, exit_bar_index: 1 }]]
  ) {
    assert.throws(() => equityCurve({ trades, timeline, initCash: 1 }), /^RangeError: Cannot rebuild equity/);
  }
});

Deno.test("equityCurve() of an empty slice is empty", () => {
  const curve = equityCurve({ trades: [], timeline: timelineOf([1, 2], { start: 1, stop: 1 }), initCash: 1 });
  assert.equal(curve.equity.length, 0);
});
