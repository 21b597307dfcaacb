import assert from "node:assert/strict";
import fc from "fast-check";
import { barHolding } from "../../../tests/oracle/bars.ts";
import { BacktestError } from "../errors/mod.ts";
import { barGrid } from "./bar_grid.ts";
import { type CandleColumns, emptyCandles, type TimeRange } from "./candles.ts";
import { type DayStart, parseDayStart } from "./day_start.ts";
import { rollUp } from "./rollup.ts";
import type { Calendar } from "./timeframe.ts";

type Row = readonly [
  tsOpenMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];

const minute = 60_000;
const range: TimeRange = { startMs: 0, endMs: 30 * minute };
const day = 24 * 60 * minute;
const fiveMinutes = {
  range,
  grid: barGrid("5m", null),
  calendar: "continuous",
  untilMs: range.endMs - 5 * minute,
} as const;
/** Days of a market with sessions, from midnight UTC. */
const days = { grid: barGrid("1d", null), calendar: "sessions" } as const;

function columnsOf(rows: readonly Row[]): CandleColumns {
  const candles = emptyCandles(rows.length);
  rows.forEach(([tsOpenMs, open, high, low, close, volume], i) => {
    candles.tsOpenMs[i] = tsOpenMs;
    candles.open[i] = open;
    candles.high[i] = high;
    candles.low[i] = low;
    candles.close[i] = close;
    candles.volume[i] = volume;
  });
  return candles;
}

function rowsOf({ tsOpenMs, open, high, low, close, volume }: CandleColumns): Row[] {
  return Array.from(tsOpenMs, (ts, i) => [ts, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!]);
}

/** Rolls rows up and gives the bars as rows. */
function rolled(rows: readonly Row[], options: Parameters<typeof rollUp>[1] = fiveMinutes): Row[] {
  return rowsOf(rollUp(columnsOf(rows), options).candles);
}

Deno.test("rollUp() takes first open, highest high, lowest low, last close and the sum of volumes", () => {
  const rows: Row[] = [[0, 10, 12, 9, 11, 1], [minute, 11, 15, 11, 14, 2], [4 * minute, 14, 14, 8, 9, 3]];
  assert.deepEqual(rolled(rows, { ...fiveMinutes, untilMs: 5 * minute }), [[0, 10, 15, 8, 9, 6]]);
});

Deno.test("rollUp() takes every row that opens in a bucket, on a minute or not, and of two with one time the later", () => {
  const rows: Row[] = [
    [2 * minute, 5, 6, 4, 5, 1],
    [0, 3, 3, 3, 3, 1],
    [2 * minute, 7, 7, 7, 7, 7],
    [minute + 1, 8, 9, 8, 8, 2],
    [5 * minute - 1, 6, 6, 6, 6, 1],
    [-minute, 99, 99, 99, 99, 99],
    [6 * minute, 99, 99, 99, 99, 99],
    [NaN, 99, 99, 99, 99, 99],
  ];
  const options = { ...fiveMinutes, range: { startMs: 0, endMs: 6 * minute }, untilMs: 5 * minute };
  assert.deepEqual(rolled(rows, options), [[0, 3, 9, 3, 6, 11]]);
});

Deno.test("rollUp() gives seconds, jittered and shifted minutes the bars of the same rows on whole minutes", () => {
  const minutes: Row[] = Array.from({ length: 20 }, (_, i): Row => [i * minute, i, i + 2, i - 1, i + 1, i]);
  const moved = (shift: (i: number) => number) =>
    minutes.map(([openMs, ...values], i): Row => [openMs + shift(i), ...values]);
  const expected = rolled(minutes);
  assert.equal(expected.length, 5);
  assert.deepEqual(rolled(moved((i) => i % 7 === 0 ? 1000 : 0)), expected);
  assert.deepEqual(rolled(moved(() => 30_000)), expected);
  const seconds = Array.from({ length: 1200 }, (_, i): Row => [i * 1000, i, i + 2, i - 1, i + 1, 1]);
  assert.deepEqual(rolled(seconds)[0], [0, 0, 301, -1, 300, 300]);
});

Deno.test("rollUp() builds no bucket that opens where bars end", () => {
  const rows: Row[] = [[0, 1, 1, 1, 1, 1], [5 * minute, 2, 2, 2, 2, 2]];
  assert.equal(rolled(rows, { ...fiveMinutes, untilMs: 5 * minute }).length, 1);
  assert.equal(rolled(rows, { ...fiveMinutes, untilMs: 5 * minute + 1 }).length, 2);
});

Deno.test("rollUp() repeats the last close over an empty bucket, or has no bar there in a market with sessions", () => {
  const rows: Row[] = [[6 * minute, 1, 2, 1, 2, 1], [16 * minute, 3, 3, 3, 3, 1]];
  assert.deepEqual(rolled(rows), [
    [5 * minute, 1, 2, 1, 2, 1],
    [10 * minute, 2, 2, 2, 2, 0],
    [15 * minute, 3, 3, 3, 3, 1],
    [20 * minute, 3, 3, 3, 3, 0],
  ]);
  assert.deepEqual([...rollUp(columnsOf(rows), fiveMinutes).made], [1, 0, 1, 0]);
  assert.deepEqual(rolled(rows, { ...fiveMinutes, calendar: "sessions" }), [
    [5 * minute, 1, 2, 1, 2, 1],
    [15 * minute, 3, 3, 3, 3, 1],
  ]);
});

Deno.test("rollUp() makes a bar of several rows from what each has, and counts the incomplete ones", () => {
  const rows: Row[] = [
    [0, 10, 12, 9, 11, 1],
    [minute, 11, NaN, 11, 14, 2],
    [2 * minute, NaN, NaN, NaN, NaN, NaN],
    [3 * minute, 14, 14, 8, NaN, 3],
    [4 * minute, 9, 10, 9, 9, NaN],
    [5 * minute, NaN, 5, 4, 5, 1],
    [6 * minute, 5, 6, 5, 5, 1],
  ];
  const { candles, incompleteRows, lostMs } = rollUp(columnsOf(rows), {
    ...fiveMinutes,
    untilMs: 10 * minute,
  });
  assert.deepEqual(rowsOf(candles), [[0, 10, 14, 8, 9, 6], [5 * minute, 5, 6, 4, 5, 2]]);
  assert.deepEqual(incompleteRows, { count: 5, firstMs: 0 });
  assert.deepEqual(lostMs, []);
});

Deno.test("rollUp() makes no bar of one row that lacks a value, nor of rows without any open or close", () => {
  const rows: Row[] = [
    [0, 1, 1, 1, 1, 1],
    [5 * minute, 2, NaN, 2, 2, 2],
    [10 * minute, 3, 3, 3, 3, 3],
    [15 * minute, 4, 4, 4, NaN, 4],
    [16 * minute, 4, 4, 4, NaN, 4],
    [20 * minute, 5, 5, 5, 5, 5],
  ];
  const continuous = rollUp(columnsOf(rows), fiveMinutes);
  assert.deepEqual(rowsOf(continuous.candles)[1], [5 * minute, 1, 1, 1, 1, 0]);
  assert.deepEqual(continuous.lostMs, [5 * minute, 15 * minute]);
  assert.deepEqual([...continuous.made], [1, 0, 1, 0, 1]);
  const sessions = rollUp(columnsOf(rows), { ...fiveMinutes, calendar: "sessions" });
  assert.deepEqual([...sessions.candles.close], [1, 3, 5]);
  assert.deepEqual(sessions.lostMs, [5 * minute, 15 * minute]);
});

Deno.test("S000-42 rollUp() aligns days to UTC, also before 1970", () => {
  const rows: Row[] = [[-day - minute, 1, 1, 1, 1, 1], [-minute, 2, 2, 2, 2, 1]];
  const options = { ...days, range: { startMs: -2 * day, endMs: day }, untilMs: day };
  assert.deepEqual(rolled(rows, options).map(([openMs]) => openMs), [-2 * day, -day]);
});

Deno.test("rollUp() puts stored days into the day that holds their open time", () => {
  const rows: Row[] = [[0, 1, 2, 1, 2, 5], [day, 2, 3, 2, 3, 5], [4 * day, 4, 4, 4, 4, 5]];
  assert.deepEqual(rolled(rows, { ...days, range: { startMs: 0, endMs: 6 * day }, untilMs: 6 * day }), rows);
});

Deno.test("rollUp() refuses a range too long to spell out, unless sessions leave it nearly empty", () => {
  const endMs = 253_402_300_860_000;
  const rows: Row[] = [[0, 1, 1, 1, 1, 1], [endMs - 2 * minute, 2, 2, 2, 2, 2]];
  const options = { range: { startMs: 0, endMs }, grid: barGrid("1m", null), untilMs: endMs };
  assert.throws(
    () => rollUp(columnsOf(rows), { ...options, calendar: "continuous" }),
    (error) => error instanceof BacktestError && /Cannot build \d+ bars of 1m/.test(error.message),
  );
  assert.equal(rollUp(columnsOf(rows), { ...options, calendar: "sessions" }).made.length, 2);
});

const price = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 100 }) }, fc.constant(NaN));
const calendar = fc.constantFrom<Calendar>("continuous", "sessions");

Deno.test("rollUp() equals a bucket by bucket oracle on unsorted, repeated and incomplete rows of any spacing", () => {
  const time = fc.integer({ min: -6 * 60, max: 66 * 30 }).map((seconds) => seconds * 1000);
  const row = fc.tuple(time, price, price, price, price, price);
  const start = fc.integer({ min: 0, max: 12 });
  fc.assert(fc.property(fc.array(row, { maxLength: 60 }), calendar, start, (rows, calendar, startMinute) => {
    const options = { ...fiveMinutes, range: { ...range, startMs: startMinute * minute }, calendar };
    const bounds = bucketsEvery(5 * minute, options);
    assertEqualBars(rows, options, bounds);
  }));
});

Deno.test("rollUp() equals the oracle on days and hours that start anywhere, where clocks change too", () => {
  const zones: readonly DayStart[] = ["17:00 America/New_York", "00:00 Europe/Berlin", "02:30 Asia/Kolkata"]
    .map((text) => parseDayStart(text, "day_start"));
  // the nights around which clocks changed in New York and Berlin
  const firstMs = fc.constantFrom(
    ...["2024-03-08", "2024-03-29", "2024-10-25", "2024-11-01"].map(Date.parse),
  );
  const row = fc.tuple(fc.integer({ min: 0, max: 4 * 96 }), price, price, price, price, price);
  const input = fc.tuple(fc.array(row, { maxLength: 40 }), calendar, firstMs, fc.constantFrom(...zones));
  const hours = fc.constantFrom(1, 4, 5, 7, 24);
  fc.assert(fc.property(input, hours, ([quarters, calendar, firstMs, dayStart], hours) => {
    const rows = quarters.map(([n, ...values]): Row => [firstMs + n * 15 * minute, ...values]);
    const range = { startMs: firstMs, endMs: firstMs + 4 * day };
    const grid = barGrid(`${hours}h`, dayStart);
    const options = { range, grid, calendar, untilMs: firstMs + 3 * day };
    assertEqualBars(rows, options, bucketsOfDays({ dayStart, hours, ...options }));
  }));
});

Deno.test("15 rollUp() equals the oracle on 90 minutes, days, weeks and months of three zones in which clocks change", () => {
  const zones = ["17:00 America/New_York", "00:00 Europe/Berlin", "18:30 Australia/Lord_Howe"]
    .map((text) => parseDayStart(text, "day_start"));
  const row = fc.tuple(fc.integer({ min: 0, max: 250 * 24 }), price, price, price, price, price);
  const input = fc.tuple(fc.array(row, { maxLength: 40 }), calendar, fc.constantFrom(...zones));
  const timeframe = fc.constantFrom("90m", "11h", "1d", "2d", "10d", "1w", "1M");
  fc.assert(
    fc.property(input, timeframe, ([hours, calendar, dayStart], timeframe) => {
      // over both changes of clocks of all three
      const firstMs = Date.UTC(2024, 2, 5);
      const rows = hours.map(([n, ...values]): Row => [firstMs + n * 60 * minute, ...values]);
      const range = { startMs: firstMs, endMs: firstMs + 250 * day };
      const options = { range, grid: barGrid(timeframe, dayStart), calendar, untilMs: range.endMs - 3 * day };
      const bounds: Bounds[] = [];
      for (let at = firstMs; at < options.untilMs; at = bounds.at(-1)![1]) {
        bounds.push(barHolding(at, { timeframe, dayStart }));
      }
      assertEqualBars(rows, options, bounds);
    }),
    { numRuns: 40 },
  );
});

type Options = Parameters<typeof rollUp>[1];
type Bounds = readonly [openMs: number, closeMs: number];

function assertEqualBars(rows: readonly Row[], options: Options, bounds: readonly Bounds[]): void {
  const { candles, tsCloseMs } = rollUp(columnsOf(rows), options);
  const expected = oracle(rows, { ...options, bounds });
  assert.deepEqual(rowsOf(candles), expected);
  const closes = new Map(bounds);
  assert.deepEqual([...tsCloseMs], expected.map(([openMs]) => closes.get(openMs)));
}

function bucketsEvery(barMs: number, { range, untilMs }: Options): Bounds[] {
  const bounds: [number, number][] = [];
  for (let openMs = Math.floor(range.startMs / barMs) * barMs; openMs < untilMs; openMs += barMs) {
    bounds.push([openMs, openMs + barMs]);
  }
  return bounds;
}

/** Minute by minute: a day starts in every minute in which the zone's clock shows its start for the first time. */
function bucketsOfDays(
  { dayStart, hours, range, untilMs }: Options & { readonly dayStart: DayStart; readonly hours: number },
): Bounds[] {
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone: dayStart.zone,
    hour: "2-digit",
    minute: "2-digit",
  });
  const wanted = `${String(Math.floor(dayStart.minutes / 60)).padStart(2, "0")}:` +
    String(dayStart.minutes % 60).padStart(2, "0");
  const starts: number[] = [];
  for (let ms = range.startMs - 2 * day; ms < range.endMs + 2 * day; ms += 30 * minute) {
    if (clock.format(ms) === wanted && ms - (starts.at(-1) ?? -Infinity) > day / 2) starts.push(ms);
  }
  const bounds: [number, number][] = [];
  for (const [i, endMs] of starts.slice(1).entries()) {
    for (let openMs = starts[i]!; openMs < endMs; openMs += hours * 60 * minute) {
      bounds.push([openMs, hours === 24 ? endMs : Math.min(openMs + hours * 60 * minute, endMs)]);
      if (hours === 24) break;
    }
  }
  return bounds.filter(([openMs]) => openMs < untilMs);
}

/** Slot by slot, as the definition reads. */
function oracle(
  rows: readonly Row[],
  { range, calendar, bounds }: Options & { readonly bounds: readonly Bounds[] },
): Row[] {
  const bars: Row[] = [];
  for (const [openMs, closeMs] of bounds) {
    const inside = rows.filter(([ms]) =>
      ms >= Math.max(openMs, range.startMs) && ms < Math.min(closeMs, range.endMs)
    );
    const times = [...new Set(inside.map(([ms]) => ms))].sort((a, b) => a - b);
    const slots = times.map((ms) => inside.findLast((row) => row[0] === ms)!);
    const known = (...values: number[]) => values.filter(Number.isFinite);
    const highs = slots.flatMap(([, o, h, l, c]) =>
      known(h).concat(known(h).length > 0 ? [] : known(o, l, c))
    );
    const lows = slots.flatMap(([, o, h, l, c]) =>
      known(l).concat(known(l).length > 0 ? [] : known(o, h, c))
    );
    const bar: Row = [
      openMs,
      known(...slots.map((slot) => slot[1]))[0] ?? NaN,
      Math.max(...highs),
      Math.min(...lows),
      known(...slots.map((slot) => slot[4])).at(-1) ?? NaN,
      known(...slots.map((slot) => slot[5])).reduce((sum, volume) => sum + volume, 0),
    ];
    const last = bars.at(-1)?.[4];
    const lone = slots.length === 1 && !slots[0]!.every(Number.isFinite);
    if (bar.every(Number.isFinite) && !lone) bars.push(bar);
    else if (calendar === "continuous" && last !== undefined) bars.push([openMs, last, last, last, last, 0]);
  }
  return bars;
}
