import assert from "node:assert/strict";
import { barGaps } from "./bar_gaps.ts";
import { barGrid } from "./bar_grid.ts";
import { monthMs } from "./timeframe.ts";
import { emptyCandles } from "./candles.ts";

const hour = 3_600_000;

Deno.test("13 barGaps() counts the runs of missing bars inside the slice, whatever lies around it", () => {
  const made = Uint8Array.from([1, 0, 1, 0, 0, 1, 1, 0]);
  const candles = emptyCandles(made.length);
  const bars = { candles, tsCloseMs: new Float64Array(made.length), made, lostMs: [] } as never;
  const of = (start: number, stop: number) => {
    const gaps = barGaps({ bars, slice: { start, stop }, calendar: "continuous", barMs: hour });
    return [gaps.made, gaps.missing, gaps.count, gaps.longest];
  };
  assert.deepEqual(of(1, 4), [1, 2, 2, 1]);
  assert.deepEqual(of(2, 5), [1, 2, 1, 2]);
  assert.deepEqual(of(2, 7), [3, 2, 1, 2]);
  assert.deepEqual(of(5, 7), [2, 0, 0, 0]);
  assert.deepEqual(of(3, 3), [0, 0, 0, 0]);
});

Deno.test("13 barGaps() of sessions counts candles without a value between two bars of the slice", () => {
  const opens = [0, 1, 4, 5, 9].map((n) => n * hour);
  const candles = { ...emptyCandles(opens.length), tsOpenMs: Float64Array.from(opens) };
  const tsCloseMs = candles.tsOpenMs.map((ms) => ms + hour);
  const lostMs = [2, 3, 6].map((n) => n * hour);
  const bars = { candles, tsCloseMs, made: new Uint8Array(opens.length), lostMs } as never;
  const of = (start: number, stop: number) => {
    const gaps = barGaps({ bars, slice: { start, stop }, calendar: "sessions", barMs: hour });
    return [gaps.made, gaps.missing, gaps.count, gaps.longest];
  };
  assert.deepEqual(of(0, 5), [5, 3, 2, 2]);
  assert.deepEqual(of(0, 4), [4, 2, 1, 2]);
  assert.deepEqual(of(2, 5), [3, 1, 1, 1]);
  assert.deepEqual(of(0, 2), [2, 0, 0, 0]);
});

Deno.test("13 barGaps() of sessions expects in a pause of seven days or more what the week before it had, every week", () => {
  const day = 24 * hour;
  // a bar a day for eight days; the first of them is a week older than the last
  const of = (nextDay: number) => {
    const opens = [0, 1, 2, 3, 4, 5, 6, 7, nextDay].map((n) => n * day);
    const candles = { ...emptyCandles(opens.length), tsOpenMs: Float64Array.from(opens) };
    const tsCloseMs = candles.tsOpenMs.map((ms) => ms + day);
    const bars = { candles, tsCloseMs, made: new Uint8Array(opens.length), lostMs: [] } as never;
    return barGaps({ bars, slice: { start: 0, stop: 9 }, calendar: "sessions", barMs: hour });
  };
  assert.equal(of(14).missing, 0, "six days without a bar");
  assert.deepEqual(of(15), { made: 9, missing: 7, count: 1, longest: 7 });
  assert.deepEqual(of(22), { made: 9, missing: 14, count: 1, longest: 14 });
});

Deno.test("15 barGaps() of sessions expects every bar of a week or more", () => {
  const week = 7 * 24 * hour;
  const of = (opens: readonly number[], barMs: number) => {
    const candles = { ...emptyCandles(opens.length), tsOpenMs: Float64Array.from(opens) };
    const tsCloseMs = Float64Array.from(
      opens,
      (ms) => barGrid(barMs === week ? "1w" : "1M", null).bucketAt(ms).closeMs,
    );
    const bars = { candles, tsCloseMs, made: new Uint8Array(opens.length), lostMs: [] } as never;
    const { made, missing, count, longest } = barGaps({
      bars,
      slice: { start: 0, stop: opens.length },
      calendar: "sessions",
      barMs,
    });
    return [made, missing, count, longest];
  };
  const monday = 4 * 24 * hour;
  assert.deepEqual(of([0, 1, 2, 5, 6, 8].map((n) => monday + n * week), week), [6, 3, 2, 2]);
  const months = [0, 1, 2, 5, 6, 20].map((n) => Date.UTC(2024, n));
  assert.deepEqual(of(months, monthMs), [6, 2 + 13, 2, 13]);
});

Deno.test("13 barGaps() of sessions counts a candle without a value once, after the bar in which it lies", () => {
  const opens = [0, 1, 2].map((n) => n * hour);
  const candles = { ...emptyCandles(opens.length), tsOpenMs: Float64Array.from(opens) };
  const tsCloseMs = candles.tsOpenMs.map((ms) => ms + hour);
  const bars = { candles, tsCloseMs, made: new Uint8Array(3), lostMs: [hour] } as never;
  const of = (start: number, stop: number) =>
    barGaps({ bars, slice: { start, stop }, calendar: "sessions", barMs: hour }).missing;
  assert.deepEqual([of(0, 2), of(0, 3), of(1, 3)], [0, 1, 1]);
});
