import assert from "node:assert/strict";
import { emptyCandles } from "./candles.ts";
import { wholeSeries } from "./stored_series.ts";

Deno.test("wholeSeries() covers from the first row to the end of the last one", () => {
  const candles = emptyCandles(3);
  candles.tsOpenMs.set([60_000, 120_000, 300_000]);
  const { covers, warnings } = wholeSeries({ candles, timeframeMs: 60_000 });
  assert.deepEqual([covers, warnings], [{ startMs: 60_000, endMs: 360_000 }, []]);
});

Deno.test("wholeSeries() takes a volume of zeros for a volume, and none at all for zeros that it did not write", () => {
  const [blank, zero] = [emptyCandles(2), emptyCandles(2)];
  zero.volume.fill(0);
  const facts = [blank, zero].map((candles) => wholeSeries({ candles, timeframeMs: 1 }));
  assert.deepEqual(facts.map(({ hasVolume }) => hasVolume), [false, true]);
  const partial = emptyCandles(2);
  partial.volume[1] = 5;
  const { hasVolume, candles } = wholeSeries({ candles: partial, timeframeMs: 1 });
  assert.deepEqual([hasVolume, [...candles.volume]], [true, [NaN, 5]]);
  assert.deepEqual(facts.map(({ candles }) => [...candles.volume]), [[0, 0], [0, 0]]);
  assert.deepEqual([...blank.volume], [NaN, NaN]);
});

Deno.test("wholeSeries() warns of a length that was stated and that no two rows are as close as", () => {
  const candles = emptyCandles(3);
  candles.tsOpenMs.set([0, 86_400_000, 3 * 86_400_000]);
  const warningsAt = (timeframeMs: number) => wholeSeries({ candles, timeframeMs }).warnings;
  assert.deepEqual(warningsAt(3_600_000), [
    "rows_farther_apart: the candles are said to be 1h long, and no two of them open less than 1d apart",
  ]);
  assert.deepEqual(warningsAt(86_400_000), []);
  // twice their length is the least that is said, and of one row nothing
  assert.equal(warningsAt(43_200_000).length, 1);
  assert.deepEqual(warningsAt(43_200_001), []);
  assert.deepEqual(wholeSeries({ candles: emptyCandles(1), timeframeMs: 1 }).warnings, []);
});
