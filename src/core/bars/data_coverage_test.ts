import assert from "node:assert/strict";
import fc from "fast-check";
import { barGrid } from "./bar_grid.ts";
import { emptyCandles, type TimeRange } from "./candles.ts";
import { type Coverage, dataCoverage } from "./data_coverage.ts";
import { type Market, unknownMarket } from "./market.ts";
import { buildTimeline, loadRange } from "./timeline.ts";

const hour = 3_600_000;
const day = 24 * hour;
const startMs = Date.UTC(2024, 0, 1);

interface Source {
  readonly times: readonly number[];
  /** Times whose candle has no close. */
  readonly blank?: readonly number[];
  readonly calendar: Market["calendar"];
  readonly requestRange: TimeRange;
}

/** Coverage of hourly bars made of hourly candles. */
function coverage({ times, blank = [], calendar, requestRange }: Source): Coverage {
  const candles = emptyCandles(times.length);
  for (const name of ["open", "high", "low", "close", "volume"] as const) candles[name].fill(1);
  times.forEach((ms, i) => {
    candles.tsOpenMs[i] = ms;
    if (blank.includes(ms)) candles.close[i] = NaN;
  });
  const stored = { timeframeMs: hour, covers: { startMs: times[0]!, endMs: times.at(-1)! + hour } };
  const built = buildTimeline({
    loaded: { candles, ...stored },
    range: loadRange(requestRange, { warmupBars: 5, grid: barGrid("1h", null) }),
    requestRange,
    warmupBars: 5,
    timeframe: "1h",
    market: { ...unknownMarket, calendar },
    marketId: 1,
  });
  return dataCoverage({ built, requestRange, calendar, stored });
}

const hours = (count: number, fromMs = startMs) => Array.from({ length: count }, (_, i) => fromMs + i * hour);

Deno.test("dataCoverage() keeps start and end as requested where the market has no whole bar outside of the data", () => {
  const requests: readonly (readonly [number, number])[] = [[0, 200 * hour], [0, 201 * hour - 1], [
    -1,
    200 * hour,
  ], [50 * hour, 60 * hour]];
  for (const [from, to] of requests) {
    const requestRange = { startMs: startMs + from, endMs: startMs + to };
    const { range, short } = coverage({ times: hours(200), calendar: "continuous", requestRange });
    assert.deepEqual({ range, short }, { range: requestRange, short: false }, `${from} ${to}`);
  }
});

Deno.test("dataCoverage() clips start and end to the data where a whole bar is missing", () => {
  const requestRange = { startMs: startMs - hour, endMs: startMs + 201 * hour };
  const { range, short, data } = coverage({ times: hours(200), calendar: "continuous", requestRange });
  assert.equal(short, true);
  assert.deepEqual(range, { startMs, endMs: startMs + 200 * hour });
  assert.deepEqual(data, {
    first_bar: "2024-01-01T00:00:00Z",
    last_bar: "2024-01-09T07:00:00Z",
    bars: 200,
    missing_bars: 0,
    gaps: { count: 0, longest: 0 },
    partial_last_bar: false,
  });
});

Deno.test("dataCoverage() expects no bar of a market with sessions within seven days of the data", () => {
  const of = (before: number, after: number) => {
    const requestRange = { startMs: startMs - before, endMs: startMs + 200 * hour + after };
    return coverage({ times: hours(200), calendar: "sessions", requestRange });
  };
  assert.equal(of(7 * day - 1, 7 * day - 1).short, false);
  const { range } = of(7 * day, 7 * day);
  assert.deepEqual(range, { startMs, endMs: startMs + 200 * hour });
});

Deno.test("dataCoverage() counts the bars a continuous market lacks, and their runs", () => {
  const times = hours(200).filter((_, i) => (i < 50 || i >= 80) && i !== 100 && i !== 101);
  const blank = [startMs + 120 * hour];
  const requestRange = { startMs, endMs: startMs + 200 * hour };
  const { data } = coverage({ times, blank, calendar: "continuous", requestRange });
  // the bar that closes with the range is none of it
  assert.equal(data.bars, 199 - 33);
  assert.equal(data.missing_bars, 33);
  assert.deepEqual(data.gaps, { count: 3, longest: 30 });
});

Deno.test("dataCoverage() takes the pauses of a market with sessions for closed hours, up to seven days", () => {
  const weekdays = hours(28 * 24).filter((ms) => new Date(ms).getUTCDay() % 6 !== 0);
  const requestRange = { startMs, endMs: startMs + 28 * day };
  const { data } = coverage({ times: weekdays, calendar: "sessions", requestRange });
  assert.equal(data.missing_bars, 0);
  // Tuesday to the Friday after next
  const pause = weekdays.filter((ms) => ms < startMs + day || ms >= startMs + 12 * day);
  const { data: paused } = coverage({ times: pause, calendar: "sessions", requestRange });
  assert.deepEqual(paused.gaps, { count: 1, longest: 24 });
  const blank = [startMs + 30 * hour, startMs + 31 * hour];
  const { data: lost } = coverage({ times: weekdays, blank, calendar: "sessions", requestRange });
  assert.deepEqual([lost.missing_bars, lost.gaps], [2, { count: 1, longest: 2 }]);
});

Deno.test("dataCoverage() has no bars where none closes inside the range", () => {
  const requestRange = { startMs: startMs + hour + 1, endMs: startMs + hour + 2 };
  const { data, range, short } = coverage({ times: hours(20), calendar: "continuous", requestRange });
  assert.deepEqual([data.first_bar, data.last_bar, data.bars], [null, null, 0]);
  assert.deepEqual([range, short], [requestRange, false]);
});

Deno.test("dataCoverage() equals a walk through the calendar hour by hour", () => {
  const kept = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 61 });
  const end = fc.tuple(
    fc.integer({ min: -10, max: 50 }),
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 0, max: 59 }),
  );
  fc.assert(
    fc.property(kept, end, (kept, [from, length, minutes]) => {
      const times = kept.sort((a, b) => a - b).map((i) => startMs + i * hour);
      const requestRange = {
        startMs: startMs + from * hour + minutes * 60_000,
        endMs: startMs + (from + length) * hour + minutes * 60_000,
      };
      const used = (ms: number) => ms >= requestRange.startMs - 5 * hour && ms + hour < requestRange.endMs;
      fc.pre(times.some(used));
      const { data, range } = coverage({ times, calendar: "continuous", requestRange });
      // bars of the range: from the first candle of range and warm-up to the last one of the source
      const first = times.find(used)!;
      const expected: number[] = [];
      for (let ms = Math.floor(first / hour) * hour; ms <= times.at(-1)!; ms += hour) {
        if (ms + hour >= requestRange.startMs && ms + hour < requestRange.endMs) expected.push(ms);
      }
      const missing = expected.filter((ms) => !times.includes(ms));
      assert.equal(data.missing_bars, missing.length);
      assert.equal(data.bars, expected.length - missing.length);
      assert.equal(
        data.gaps.count,
        missing.filter((ms) => !missing.includes(ms - hour) || ms === expected[0]).length,
      );
      if (expected.length === 0) return;
      assert.equal(data.first_bar, new Date(expected[0]!).toISOString().replace(".000", ""));
      const wholeBefore = Math.ceil(requestRange.startMs / hour) * hour + hour <= expected[0]!;
      assert.equal(range.startMs, wholeBefore ? expected[0] : requestRange.startMs);
      const dataEndMs = times.at(-1)! + hour;
      const wholeAfter = dataEndMs + hour <= requestRange.endMs;
      assert.equal(range.endMs, wholeAfter ? expected.at(-1)! + hour : requestRange.endMs);
    }),
    { numRuns: 300 },
  );
});
