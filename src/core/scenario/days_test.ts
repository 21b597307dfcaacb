import assert from "node:assert/strict";
import { emptyCandles } from "../bars/mod.ts";
import { dateOfDay } from "./dates.ts";
import { scenarioDays } from "./days.ts";

const openMs = Date.UTC(2026, 0, 5);
const dayMs = 86_400_000;

/** Daily bars of these [open, high, low, close]. */
function bars(rows: readonly (readonly [number, number, number, number])[]) {
  const candles = emptyCandles(rows.length);
  rows.forEach(([open, high, low, close], i) => {
    candles.tsOpenMs[i] = openMs + i * dayMs;
    candles.open[i] = open;
    candles.high[i] = high;
    candles.low[i] = low;
    candles.close[i] = close;
  });
  return candles;
}

const all = (length: number) => ({ start: 0, stop: length, symbol: "GLD" });

Deno.test("S002-27 scenarioDays() takes the close for an open, high or low that is missing", () => {
  const [whole, bare] = scenarioDays(bars([[1, 4, 0.5, 2], [NaN, NaN, NaN, 3]]), all(2));
  assert.deepEqual(whole, { day: openMs / dayMs, open: 1, high: 4, low: 0.5, close: 2 });
  assert.deepEqual(bare, { day: openMs / dayMs + 1, open: 3, high: 3, low: 3, close: 3 });
});

Deno.test("S002-27 scenarioDays() leaves a bar without a close out", () => {
  const days = scenarioDays(bars([[1, 1, 1, 1], [2, 2, 2, NaN], [3, 3, 3, 3]]), all(3));
  assert.deepEqual(days.map(({ close }) => close), [1, 3]);
});

Deno.test("scenarioDays() has the f32 price as it is, and the UTC date of the open", () => {
  const candles = bars([[0.1, 0.1, 0.1, 0.1]]);
  candles.tsOpenMs[0] = Date.UTC(2026, 0, 5, 22);
  const [day] = scenarioDays(candles, all(1));
  assert.equal(day!.close, Math.fround(0.1));
  assert.equal(dateOfDay(day!.day), "2026-01-05");
});

Deno.test("scenarioDays() takes the bars it is told to", () => {
  const candles = bars([[1, 1, 1, 1], [2, 2, 2, 2], [3, 3, 3, 3]]);
  assert.deepEqual(scenarioDays(candles, { start: 1, stop: 2, symbol: "GLD" }).map(({ close }) => close), [
    2,
  ]);
});

Deno.test("scenarioDays() refuses a close that is no price, naming symbol and date", () => {
  for (const close of [0, -1, Infinity]) {
    assert.throws(() => scenarioDays(bars([[1, 1, 1, 1], [1, 1, 1, close]]), all(2)), {
      code: "validation_error",
      message: `Cannot value GLD on 2026-01-06: its close is ${close}`,
    });
  }
});
