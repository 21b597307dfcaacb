import assert from "node:assert/strict";
import { type CandleColumns, emptyCandles } from "./candles.ts";
import { BacktestError } from "./errors.ts";
import { buildTimeline, loadRange, type TimelineOptions } from "./timeline.ts";

const minute = 60_000;
const hour = 60 * minute;

/** One candle every `stepMs` from 0, its close equal to its index. */
function candlesEvery(stepMs: number, count: number): CandleColumns {
  const candles = emptyCandles(count);
  for (const column of [candles.open, candles.high, candles.low, candles.close, candles.volume]) {
    column.forEach((_, i) => column[i] = i);
  }
  candles.tsOpenMs.forEach((_, i) => candles.tsOpenMs[i] = i * stepMs);
  return candles;
}

const hours: TimelineOptions = {
  loaded: { candles: candlesEvery(hour, 48), timeframeMs: hour },
  requestRange: { startMs: 10 * hour, endMs: 20 * hour },
  warmupBars: 4,
  timeframe: "1h",
  calendar: "continuous",
};

Deno.test("loadRange() adds the warm-up and widens both ends to whole minutes", () => {
  assert.deepEqual(loadRange({ startMs: 10 * hour, endMs: 20 * hour }, { warmupBars: 4, barMs: hour }), {
    startMs: 6 * hour,
    endMs: 20 * hour,
  });
  assert.deepEqual(
    loadRange({ startMs: 10 * hour + 1, endMs: 20 * hour + 1 }, { warmupBars: 1, barMs: hour }),
    {
      startMs: 9 * hour,
      endMs: 20 * hour + minute,
    },
  );
});

Deno.test("buildTimeline() slices by close time with the range as requested", () => {
  const { candles, slice, timeframeMs } = buildTimeline(hours);
  assert.equal(timeframeMs, hour);
  assert.equal(candles.tsOpenMs[0], 6 * hour);
  assert.equal(candles.tsOpenMs[slice.start] + hour, 10 * hour);
  assert.equal(candles.tsOpenMs[slice.stop - 1] + hour, 19 * hour);
  assert.equal(slice.stop, candles.close.length);
});

Deno.test("buildTimeline() lets the slice begin late, or be empty, when history is short", () => {
  const late = buildTimeline({ ...hours, requestRange: { startMs: -5 * hour, endMs: 3 * hour } });
  assert.deepEqual(late.slice, { start: 0, stop: 2 });
  const empty = buildTimeline({ ...hours, requestRange: { startMs: 10 * hour + 1, endMs: 10 * hour + 2 } });
  assert.equal(empty.slice.start, empty.slice.stop);
});

Deno.test("buildTimeline() refuses a range without any bar as unavailable data", () => {
  assert.throws(
    () => buildTimeline({ ...hours, requestRange: { startMs: 100 * hour, endMs: 120 * hour } }),
    (error) =>
      error instanceof BacktestError && error.code === "market_data_unavailable" &&
      error.message === "no market data for requested range",
  );
});

Deno.test("buildTimeline() refuses bars shorter than the stored candles, naming both", () => {
  assert.throws(() => buildTimeline({ ...hours, timeframe: "15m" }), {
    message: "Cannot build 15m bars from 1h candles",
    details: {
      errors: [{
        path: "body.template.timeframe",
        code: "value_error",
        message: "Cannot build 15m bars from 1h candles",
      }],
    },
  });
  const loaded = { ...hours.loaded, timeframeMs: 7_200_000 };
  assert.throws(() => buildTimeline({ ...hours, loaded }), {
    message: "Cannot build 1h bars from 7200 s candles",
  });
});
