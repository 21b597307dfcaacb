import assert from "node:assert/strict";
import fc from "fast-check";
import { BacktestError } from "./errors.ts";
import { type CandleColumns, emptyCandles, type TimeRange } from "./candles.ts";
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
const fiveMinutes = { range, timeframeMs: 5 * minute, calendar: "continuous" } as const;

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
  return Array.from(tsOpenMs, (ts, i) => [ts, open[i], high[i], low[i], close[i], volume[i]]);
}

Deno.test("rollUp() takes first open, highest high, lowest low, last close and the sum of volumes", () => {
  const rows: Row[] = [[0, 10, 12, 9, 11, 1], [minute, 11, 15, 11, 14, 2], [4 * minute, 14, 14, 8, 9, 3]];
  const bars = rowsOf(rollUp(columnsOf(rows), { ...fiveMinutes, range: { startMs: 0, endMs: 6 * minute } }));
  assert.deepEqual(bars, [[0, 10, 15, 8, 9, 6]]);
});

Deno.test("rollUp() drops rows outside the range and off the minute, and keeps the later of two", () => {
  const rows: Row[] = [
    [2 * minute, 5, 6, 4, 5, 1],
    [0, 3, 3, 3, 3, 1],
    [2 * minute, 7, 7, 7, 7, 7],
    [minute + 1, 99, 99, 99, 99, 99],
    [-minute, 99, 99, 99, 99, 99],
    [6 * minute, 99, 99, 99, 99, 99],
    [NaN, 99, 99, 99, 99, 99],
  ];
  const bars = rowsOf(rollUp(columnsOf(rows), { ...fiveMinutes, range: { startMs: 0, endMs: 6 * minute } }));
  assert.deepEqual(bars, [[0, 3, 7, 3, 7, 8]]);
});

Deno.test("rollUp() builds no bar that closes at the end of the range", () => {
  const rows: Row[] = [[0, 1, 1, 1, 1, 1], [5 * minute, 2, 2, 2, 2, 2]];
  const options = { ...fiveMinutes, range: { startMs: 0, endMs: 10 * minute } };
  assert.equal(rollUp(columnsOf(rows), options).close.length, 1);
});

Deno.test("rollUp() repeats the last close over an empty bucket, or has no bar there in a market with sessions", () => {
  const rows: Row[] = [[6 * minute, 1, 2, 1, 2, 1], [16 * minute, 3, 3, 3, 3, 1]];
  assert.deepEqual(rowsOf(rollUp(columnsOf(rows), fiveMinutes)), [
    [5 * minute, 1, 2, 1, 2, 1],
    [10 * minute, 2, 2, 2, 2, 0],
    [15 * minute, 3, 3, 3, 3, 1],
    [20 * minute, 3, 3, 3, 3, 0],
  ]);
  assert.deepEqual(rowsOf(rollUp(columnsOf(rows), { ...fiveMinutes, calendar: "sessions" })), [
    [5 * minute, 1, 2, 1, 2, 1],
    [15 * minute, 3, 3, 3, 3, 1],
  ]);
});

Deno.test("rollUp() treats a bucket with an incomplete row as empty", () => {
  const rows: Row[] = [[0, 1, 1, 1, 1, 1], [5 * minute, 2, NaN, 2, 2, 2], [6 * minute, 2, 3, 2, 2, 2]];
  const options = { ...fiveMinutes, range: { startMs: 0, endMs: 11 * minute } };
  assert.deepEqual(rowsOf(rollUp(columnsOf(rows), options))[1], [5 * minute, 1, 1, 1, 1, 0]);
  assert.equal(rollUp(columnsOf(rows), { ...options, calendar: "sessions" }).close.length, 1);
});

Deno.test("S000-42 rollUp() aligns days to UTC, also before 1970", () => {
  const dayMs = 86_400_000;
  const rows: Row[] = [[-dayMs - minute, 1, 1, 1, 1, 1], [-minute, 2, 2, 2, 2, 1]];
  const options = {
    range: { startMs: -2 * dayMs, endMs: dayMs },
    timeframeMs: dayMs,
    calendar: "sessions",
  } as const;
  assert.deepEqual([...rollUp(columnsOf(rows), options).tsOpenMs], [-2 * dayMs, -dayMs]);
});

Deno.test("rollUp() puts stored days into the day that holds their open time", () => {
  const dayMs = 86_400_000;
  const rows: Row[] = [[0, 1, 2, 1, 2, 5], [dayMs, 2, 3, 2, 3, 5], [4 * dayMs, 4, 4, 4, 4, 5]];
  const options = {
    range: { startMs: 0, endMs: 6 * dayMs },
    timeframeMs: dayMs,
    calendar: "sessions",
  } as const;
  assert.deepEqual(rowsOf(rollUp(columnsOf(rows), options)), rows);
});

Deno.test("rollUp() refuses a range too long to spell out, unless sessions leave it nearly empty", () => {
  const rows: Row[] = [[0, 1, 1, 1, 1, 1], [253_402_300_740_000, 2, 2, 2, 2, 2]];
  const options = { range: { startMs: 0, endMs: 253_402_300_860_000 }, timeframeMs: minute } as const;
  assert.throws(
    () => rollUp(columnsOf(rows), { ...options, calendar: "continuous" }),
    (error) => error instanceof BacktestError && /Cannot build \d+ bars of 60 s/.test(error.message),
  );
  assert.equal(rollUp(columnsOf(rows), { ...options, calendar: "sessions" }).close.length, 2);
});

Deno.test("rollUp() equals a bucket by bucket oracle on unsorted, repeated and incomplete rows", () => {
  const price = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 100 }) }, fc.constant(NaN));
  const time = fc.integer({ min: -6, max: 66 }).map((halfMinutes) => halfMinutes * minute / 2);
  const row = fc.tuple(time, price, price, price, price, price);
  const calendar = fc.constantFrom<Calendar>("continuous", "sessions");
  const start = fc.integer({ min: 0, max: 12 });
  fc.assert(fc.property(fc.array(row, { maxLength: 60 }), calendar, start, (rows, calendar, startMinute) => {
    const options = { ...fiveMinutes, range: { ...range, startMs: startMinute * minute }, calendar };
    assert.deepEqual(rowsOf(rollUp(columnsOf(rows), options)), oracle(rows, options));
  }));
});

/** Slot by slot, as the definition reads. */
function oracle(
  rows: readonly Row[],
  { range, timeframeMs, calendar }: { range: TimeRange; timeframeMs: number; calendar: Calendar },
): Row[] {
  const bars: Row[] = [];
  const firstOpenMs = Math.floor(range.startMs / timeframeMs) * timeframeMs;
  for (let openMs = firstOpenMs; openMs + timeframeMs < range.endMs; openMs += timeframeMs) {
    const slots: Row[] = [];
    for (let ms = Math.max(openMs, range.startMs); ms < openMs + timeframeMs; ms += minute) {
      const stored = rows.findLast(([tsOpenMs]) => tsOpenMs === ms);
      if (stored !== undefined && Number.isFinite(stored[4])) slots.push(stored);
    }
    const bar: Row = [
      openMs,
      slots[0]?.[1] ?? NaN,
      Math.max(...slots.map((slot) => slot[2])),
      Math.min(...slots.map((slot) => slot[3])),
      slots.at(-1)?.[4] ?? NaN,
      slots.reduce((sum, slot) => sum + slot[5], 0),
    ];
    const last = bars.at(-1)?.[4];
    if (bar.every(Number.isFinite)) bars.push(bar);
    else if (calendar === "continuous" && last !== undefined) bars.push([openMs, last, last, last, last, 0]);
  }
  return bars;
}
