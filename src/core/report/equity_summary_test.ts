import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyCandles } from "../bars/mod.ts";
import { type Trade, tradeColumns } from "../execution/mod.ts";
import { equityCurve } from "./equity.ts";
import { summarizeEquity } from "./equity_summary.ts";

const money = fc.double({ min: 0.01, max: 500, noNaN: true });
const gaps = fc.record({
  wait: fc.integer({ min: 0, max: 3 }),
  held: fc.integer({ min: 1, max: 9 }),
  direction: fc.constantFrom("long" as const, "short" as const),
  entry_quote_amount: money,
  qty_base: money,
  exit_fee_quote: money,
  gross_pnl_quote: fc.double({ min: -300, max: 300, noNaN: true }),
  locked_profit_quote: money,
});

type Gap = typeof gaps extends fc.Arbitrary<infer Value> ? Value : never;

/** Trades one behind the other, some entered on the bar on which the one before was closed. */
function tradesOf(list: readonly Gap[]): Trade[] {
  let bar = 2;
  return list.map(({ wait, held, ...figures }, i) => {
    const entry_bar_index = bar + wait;
    bar = entry_bar_index + held;
    return {
      ...figures,
      trade_id: i + 1,
      entry_bar_index,
      exit_bar_index: bar,
      entry_fill_price: 1,
      exit_fill_price: 1,
      exit_quote_amount: 1,
      entry_fee_quote: 0.5,
      net_pnl_quote: 1,
      exit_reason: "signal_exit",
    };
  });
}

Deno.test("summarizeEquity() sums up the columns of equityCurve() in every bit", () => {
  fc.assert(fc.property(fc.array(gaps, { maxLength: 12 }), fc.integer({ min: 0, max: 5 }), (list, behind) => {
    const trades = tradesOf(list);
    const stop = (trades.at(-1)?.exit_bar_index ?? 2) + 1 + behind;
    const candles = emptyCandles(stop + 3);
    candles.close.forEach((_, i) => candles.close[i] = 1 + (i * 7) % 13);
    const timeline = { candles, timeframeMs: 1000, slice: { start: 2, stop } };
    const curve = equityCurve({ trades, timeline, initCash: 1000 });
    const equity = new Float64Array(stop - 2).fill(NaN);
    const summary = summarizeEquity(equity, { trades: tradeColumns(trades), timeline, initCash: 1000 });
    assert.deepEqual(equity, curve.equity);
    assert.deepEqual(summary, {
      heldBars: trades.reduce(
        (sum, { entry_bar_index, exit_bar_index }) => sum + exit_bar_index - entry_bar_index,
        0,
      ),
      touchedBars: curve.havePosition.reduce((sum, one) => sum + one, 0),
      exposureSum: curve.exposureFrac.reduce((sum, share) => sum + share, 0),
    });
  }));
});

Deno.test("summarizeEquity() has no finite exposure where equity is 0", () => {
  const candles = emptyCandles(3);
  candles.close.set([1, 100, 50]);
  const trade: Trade = {
    ...tradesOf([{
      wait: 0,
      held: 1,
      direction: "long",
      entry_quote_amount: 100,
      qty_base: 1,
      exit_fee_quote: 0,
      gross_pnl_quote: -100,
      locked_profit_quote: 0,
    }])[0]!,
    entry_bar_index: 1,
    exit_bar_index: 2,
    entry_fee_quote: 0,
  };
  const timeline = { candles, timeframeMs: 1000, slice: { start: 0, stop: 3 } };
  const input = { trades: tradeColumns([trade]), timeline, initCash: 100 };
  const equity = new Float64Array(3);
  const { exposureSum, heldBars, touchedBars } = summarizeEquity(equity, input);
  assert.deepEqual([...equity], [100, 100, 0]);
  assert.ok(!Number.isFinite(exposureSum));
  assert.deepEqual([heldBars, touchedBars], [1, 2]);
});
