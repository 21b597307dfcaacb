import assert from "node:assert/strict";
import { lookbackBars } from "../catalogue/mod.ts";
import { compileRules, rulesLookback, type RulesSpec } from "./mod.ts";

function lookback(enter: string, more: RulesSpec = {}, timeframe = "1h"): number {
  const { rules, faults } = compileRules({ ...more, long: { enter } }, { timeframe });
  assert.deepEqual(faults, []);
  return rulesLookback(rules!, timeframe);
}

const ema20 = lookbackBars("ma.ema", { window: 20 });

Deno.test("rulesLookback() adds what stands inside one another and takes the longest of what stands side by side", () => {
  assert.equal(lookback("close > open"), 0);
  assert.equal(lookback("close > sma(close, 20)"), 19);
  assert.equal(lookback("close > sma(sma(close, 20), 5) or open > sma(open, 7)"), 23);
  assert.equal(lookback("prev(close, 3) > highest(low, 10)"), 9);
  assert.equal(lookback("crosses_above(close, sma(close, 20))"), 20);
  assert.equal(lookback("rising(close, 3)"), 3);
  assert.equal(lookback("within(change(close, 4) > 0, 6)"), 9);
  assert.equal(lookback("bars_since(close > open) > 3 and value_when(close > open, low) > 1"), 0);
  assert.equal(lookback("close > ema(close, 20)"), ema20);
});

Deno.test("rulesLookback() knows the lookback of every output, and that of exits", () => {
  assert.equal(lookback("stoch(14, 3, 3) > 50"), 15);
  assert.equal(lookback("stoch(14, 3, 3).d > 50"), 17);
  const { rules } = compileRules({
    long: { enter: "close > 1", exit: "close < sma(close, 30)" },
    short: { enter: "close < sma(close, 12)" },
  }, { timeframe: "1h" });
  assert.equal(rulesLookback(rules!, "1h"), 29);
});

Deno.test("rulesLookback() is the longest of the kept combinations", () => {
  const params = {
    n: { mode: "explicit" as const, values: [5, 50, 10] },
    k: { mode: "explicit" as const, values: [2, 1] },
  };
  assert.equal(lookback("close > sma(close, n * k)", { params }), 99);
  assert.equal(lookback("close > sma(close, n * k)", { params, where: ["n < 50"] }), 19);
  assert.equal(lookback("close > sma(close, n * k)", { params, where: ["n * k <= 50"] }), 49);
});

Deno.test("rulesLookback() counts the bars of a higher timeframe", () => {
  // the last whole day closed up to 23 bars ago, and began 24 bars before that
  assert.equal(lookback('on_timeframe("1d", close) > close'), 46);
  assert.equal(lookback('on_timeframe("1d", sma(close, 50)) > close', {}, "15m"), 96 * 51 - 2);
  assert.equal(lookback('prev(on_timeframe("1d", close), 2) > close'), 48);
  // of months the longest one counts
  assert.equal(lookback('on_timeframe("1M", close) > close', {}, "1d"), 2 * 31 - 2);
  assert.equal(lookback('on_timeframe("1w", close) > close', {}, "1d"), 2 * 7 - 2);
});
