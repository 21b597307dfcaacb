import assert from "node:assert/strict";
import { continuousMarket } from "../../../tests/helpers/markets.ts";
import { BacktestError } from "../errors/mod.ts";
import { barGrid } from "./bar_grid.ts";
import { type CandleColumns, closesOf, emptyCandles } from "./candles.ts";
import { parseDayStart } from "./day_start.ts";
import { type Market, unknownMarket } from "./market.ts";
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

/** Options for candles every `stepMs` from 0; the source holds no others. */
function options(
  stepMs: number,
  { count, ...rest }: Partial<TimelineOptions> & { readonly count: number },
): TimelineOptions {
  const candles = candlesEvery(stepMs, count);
  const requestRange = rest.requestRange ?? { startMs: 10 * hour, endMs: 20 * hour };
  const warmupBars = rest.warmupBars ?? 4;
  const market = rest.market ?? continuousMarket;
  const timeframe = rest.timeframe ?? "1h";
  return {
    loaded: { candles, timeframeMs: stepMs, covers: { startMs: 0, endMs: count * stepMs } },
    range: loadRange(requestRange, { warmupBars, grid: barGrid(timeframe, market.dayStart) }),
    requestRange,
    warmupBars,
    timeframe,
    market,
    marketId: 7,
    ...rest,
  };
}

const hourly = barGrid("1h", null);

Deno.test("loadRange() adds the warm-up and widens both ends to whole minutes", () => {
  assert.deepEqual(loadRange({ startMs: 10 * hour, endMs: 20 * hour }, { warmupBars: 4, grid: hourly }), {
    startMs: 6 * hour,
    endMs: 20 * hour,
  });
  assert.deepEqual(
    loadRange({ startMs: 10 * hour + 1, endMs: 20 * hour + 1 }, { warmupBars: 1, grid: hourly }),
    { startMs: 9 * hour, endMs: 20 * hour + minute },
  );
});

Deno.test("loadRange() begins with a whole bar where clocks change in the warm-up", () => {
  const grid = barGrid("1d", parseDayStart("00:00 Europe/Berlin", "day_start"));
  const startMs = Date.parse("2024-04-03T00:00:00+02:00");
  const range = loadRange({ startMs, endMs: startMs + hour }, { warmupBars: 5, grid });
  assert.equal(range.startMs, Date.parse("2024-03-28T00:00:00+01:00"));
});

Deno.test("buildTimeline() slices by close time with the range as requested", () => {
  const { timeline: { candles, slice, timeframeMs }, historyBars } = buildTimeline(
    options(hour, { count: 48 }),
  );
  assert.equal(timeframeMs, hour);
  assert.equal(candles.tsOpenMs[0], 6 * hour);
  assert.equal(candles.tsOpenMs[slice.start]! + hour, 10 * hour);
  assert.equal(candles.tsOpenMs[slice.stop - 1]! + hour, 19 * hour);
  assert.equal(slice.stop, candles.close.length);
  assert.equal(historyBars, 4);
});

Deno.test("buildTimeline() lets the slice begin late, or be empty, when history is short", () => {
  const sliceOf = (requestRange: TimelineOptions["requestRange"]) =>
    buildTimeline(options(hour, { count: 48, requestRange })).timeline.slice;
  assert.deepEqual(sliceOf({ startMs: -5 * hour, endMs: 3 * hour }), { start: 0, stop: 2 });
  const empty = sliceOf({ startMs: 10 * hour + 1, endMs: 10 * hour + 2 });
  assert.equal(empty.start, empty.stop);
});

Deno.test("buildTimeline() repeats no close beyond the last candle the source has", () => {
  const requestRange = { startMs: 40 * hour, endMs: 100 * hour };
  const built = buildTimeline(options(hour, { count: 48, requestRange }));
  assert.equal(built.timeline.candles.tsOpenMs.at(-1), 47 * hour);
  const covers = { startMs: 0, endMs: 1000 * hour };
  const { loaded, ...rest } = options(hour, { count: 48, requestRange });
  const inside = buildTimeline({ ...rest, loaded: { ...loaded, covers } });
  assert.equal(inside.timeline.candles.tsOpenMs.at(-1), 98 * hour);
});

Deno.test("buildTimeline() uses as many bars before the range as asked for where a market has sessions", () => {
  // hours of every second day
  const { loaded, ...rest } = options(hour, {
    count: 96,
    requestRange: { startMs: 50 * hour, endMs: 80 * hour },
  });
  const open = Array.from(loaded.candles.tsOpenMs.keys()).filter((i) => Math.floor(i / 24) % 2 === 0);
  const candles = emptyCandles(open.length);
  for (const name of ["tsOpenMs", "open", "high", "low", "close", "volume"] as const) {
    open.forEach((from, to) => candles[name][to] = loaded.candles[name][from]!);
  }
  const built = (startMs: number) =>
    buildTimeline({
      ...rest,
      loaded: { ...loaded, candles },
      range: { startMs, endMs: 80 * hour },
      warmupBars: 6,
      market: unknownMarket,
    });
  for (const startMs of [0, 10 * hour, 20 * hour]) {
    const { historyBars, timeline } = built(startMs);
    assert.equal(historyBars, 6);
    assert.equal(timeline.candles.tsOpenMs[0], 20 * hour);
  }
  assert.equal(built(22 * hour).historyBars, 4);
});

Deno.test("buildTimeline() refuses a range without any bar, as nobody can wait for one", () => {
  assert.throws(
    () =>
      buildTimeline(options(hour, { count: 48, requestRange: { startMs: 100 * hour, endMs: 120 * hour } })),
    (error) =>
      error instanceof BacktestError && error.code === "no_candles" &&
      error.message === "no market data for requested range",
  );
});

Deno.test("buildTimeline() refuses bars shorter than the stored candles, naming both", () => {
  assert.throws(() => buildTimeline(options(hour, { count: 48, timeframe: "15m" })), {
    message: "Cannot build 15m bars from 1h candles; 1h is the shortest",
    details: {
      errors: [{
        path: "body.template.timeframe",
        code: "value_error",
        message: "Cannot build 15m bars from 1h candles; 1h is the shortest",
      }],
    },
  });
  assert.throws(() => buildTimeline(options(2 * hour, { count: 48 })), {
    message: "Cannot build 1h bars from 2h candles; 2h is the shortest",
  });
});

Deno.test("buildTimeline() trades a last bar that data or range end inside of only when the market says so", () => {
  const trade: Market = { ...continuousMarket, partialLastBar: "trade" };
  const minutes = (market: Market, endMs: number) =>
    buildTimeline(options(minute, { count: 630, market, requestRange: { startMs: 8 * hour, endMs } }));
  // the data end at 10:30
  const left = minutes(continuousMarket, 48 * hour);
  assert.deepEqual(left.end.partial, { openMs: 10 * hour, closeMs: 11 * hour });
  assert.equal(left.timeline.candles.tsOpenMs.at(-1), 9 * hour);
  const traded = minutes(trade, 48 * hour);
  assert.equal(traded.timeline.candles.tsOpenMs.at(-1), 10 * hour);
  assert.equal(traded.timeline.candles.close.at(-1), 629);
  assert.equal(traded.timeline.slice.stop, traded.timeline.candles.close.length);
  // the range ends at 9:20
  const endMs = 9 * hour + 20 * minute;
  assert.deepEqual(minutes(continuousMarket, endMs).end.partial, { openMs: 9 * hour, closeMs: 10 * hour });
  const cut = minutes(trade, endMs).timeline;
  assert.equal(cut.candles.close.at(-1), 559);
  assert.equal(cut.slice.stop, cut.candles.close.length);
  assert.equal(minutes(continuousMarket, endMs).timeline.candles.tsOpenMs.at(-1), 8 * hour);
  // a bar that ends with the range is no partial one, and is not traded
  assert.equal(minutes(trade, 9 * hour).end.partial, null);
  assert.equal(minutes(trade, 9 * hour).timeline.candles.tsOpenMs.at(-1), 7 * hour);
});

Deno.test("buildTimeline() holds the closes of days that are not all of one length", () => {
  const market: Market = { ...continuousMarket, dayStart: parseDayStart("00:00 Europe/Berlin", "day_start") };
  const candles = candlesEvery(hour, 24 * 100);
  const firstMs = Date.parse("2024-03-01T00:00:00+01:00");
  candles.tsOpenMs.forEach((_, i) => candles.tsOpenMs[i]! += firstMs);
  const requestRange = { startMs: firstMs + 28 * 24 * hour, endMs: firstMs + 40 * 24 * hour };
  const { timeline } = buildTimeline({
    ...options(hour, { count: 0, requestRange, market, timeframe: "1d" }),
    loaded: { candles, timeframeMs: hour, covers: { startMs: firstMs, endMs: firstMs + 2400 * hour } },
  });
  const summer = timeline.candles.tsOpenMs.indexOf(Date.parse("2024-03-31T00:00:00+01:00"));
  assert.equal(timeline.tsCloseMs![summer]! - timeline.candles.tsOpenMs[summer]!, 23 * hour);
  assert.equal(timeline.candles.volume[summer + 1]! > 0, true);
  assert.deepEqual([...closesOf(timeline)], [
    ...timeline.tsCloseMs!.slice(timeline.slice.start, timeline.slice.stop),
  ]);
});
