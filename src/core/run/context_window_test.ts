import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyCandles, type Timeline } from "../bars/mod.ts";
import { barsOf, firstBars, timelineHash, valuesOf, windowAt } from "./context_window.ts";

const dayMs = 86_400_000;

/** Days whose closes count up from 1; the first two are warm-up. */
function days(count: number, changes: Partial<Timeline> = {}): Timeline {
  const candles = emptyCandles(count);
  candles.tsOpenMs.set(Array.from({ length: count }, (_, i) => i * dayMs));
  candles.close.set(Array.from({ length: count }, (_, i) => i + 1));
  return { candles, timeframeMs: dayMs, slice: { start: 2, stop: count }, ...changes };
}

Deno.test("windowAt() never reaches beyond the bar of the step", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 500 }), (bar, lookback) => {
      const { candles } = days(601);
      const window = windowAt(bar, lookback);
      const bars = barsOf(candles, window);
      assert.equal(bars.length, Math.min(bar + 1, lookback));
      assert.equal(bars.at(-1)![4], bar + 1);
      assert.ok(bars.every(([ts]) => Date.parse(ts) <= bar * dayMs));
      assert.deepEqual(valuesOf(candles.close, window), bars.map(([, , , , close]) => close));
    }),
  );
});

Deno.test("barsOf() has null where a candle has no value", () => {
  assert.deepEqual(barsOf(days(1).candles, windowAt(0, 5)), [
    ["1970-01-01T00:00:00.000Z", null, null, null, 1, null],
  ]);
});

Deno.test("firstBars() shows a run the bars that it was begun with, and timelineHash() tells others apart", () => {
  const grown = days(9, { tsCloseMs: Float64Array.from({ length: 9 }, (_, i) => (i + 1) * dayMs) });
  const cut = firstBars(grown, 3);
  assert.deepEqual(cut.slice, { start: 2, stop: 5 });
  assert.equal(cut.candles.close.length, 5);
  assert.equal(timelineHash(cut), timelineHash(days(5)));
  assert.equal(timelineHash(firstBars(days(5), 3)), timelineHash(days(5)));
  const hashes = [days(5), days(6), firstBars(days(6), 2)].map(timelineHash);
  const other = days(5);
  other.candles.low[0] = 7;
  assert.equal(new Set([...hashes, timelineHash(other)]).size, 4);
});
