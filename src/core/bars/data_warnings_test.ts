import assert from "node:assert/strict";
import { dataWarnings, type DataWarningsInput } from "./data_warnings.ts";

const hour = 3_600_000;
const range = { startMs: 0, endMs: 100 * hour };

/** The warnings of a hundred hourly bars of which nothing is amiss but what is told. */
function warned(
  built: Record<string, unknown>,
  more: {
    readonly calendar?: string;
    readonly missing?: number;
    readonly coverage?: Record<string, unknown>;
  } = {},
): readonly string[] {
  const { calendar = "continuous", missing = 0, coverage = {} } = more;
  return dataWarnings({
    built: {
      offGrid: { offMinute: 0, single: 0, firstMs: 0, unit: "minute" },
      bars: { incompleteRows: { count: 0, firstMs: 0 }, lostMs: [] },
      timeline: { slice: { start: 0, stop: 100 }, timeframeMs: hour },
      end: { partial: null },
      tradesPartial: false,
      grid: { timeframe: "1h" },
      ...built,
    },
    coverage: { short: false, range, data: { bars: 100 - missing, missing_bars: missing }, ...coverage },
    requestRange: range,
    lookbacks: [],
    calendar,
  } as unknown as DataWarningsInput);
}

const bars = (lostMs: readonly number[], count = 0) => ({
  bars: { incompleteRows: { count, firstMs: hour }, lostMs },
});

Deno.test("13 dataWarnings() says nothing of data without a fault", () => {
  assert.deepEqual(warned({}), []);
});

Deno.test("13 dataWarnings() counts rows off the grid, rows without values and lost bars, one and more", () => {
  const offGrid = (offMinute: number, single: number) => ({
    offGrid: { offMinute, single, firstMs: hour, unit: "minute" },
  });
  const end = "the first at 1970-01-01T01:00:00Z; each is part of the bar it opens in";
  assert.deepEqual(warned(offGrid(1, 0)), [
    `rows_off_grid: 1 candle does not open on a whole minute, ${end}`,
  ]);
  assert.deepEqual(warned(offGrid(2, 3)), [
    `rows_off_grid: 2 candles do not open on a whole minute and 3 candles do not lie on the grid of the others, ${end}`,
  ]);
  assert.deepEqual(warned(bars([], 2)), [
    "incomplete_rows: 2 candles do not have all values, the first in the bar of 1970-01-01T01:00:00Z; " +
    "each gives what it has, and a missing volume counts as 0",
  ]);
  const lost = (what: string) => `bars_lost: ${what} a value, the first at 1970-01-01T02:00:00Z`;
  assert.deepEqual(warned(bars([2 * hour])), [lost("1 bar is missing because its candle lacks")]);
  assert.deepEqual(warned(bars([2 * hour, 9 * hour])), [
    lost("2 bars are missing because their candles lack"),
  ]);
});

Deno.test("13 dataWarnings() tells of bars without a candle above a fifth of all, as the calendar has it", () => {
  assert.deepEqual(warned({}, { missing: 20 }), []);
  const [continuous] = warned({}, { missing: 21 });
  assert.match(
    continuous!,
    /^missing_bars: 21 of 100 bars \(21 %\) have no candle: each repeats the close before it/,
  );
  const sessions = warned({}, { missing: 21, calendar: "sessions" });
  assert.deepEqual(sessions, [
    "missing_bars: 21 of 100 bars (21 %) have no candle: the market has no bar there",
  ]);
});

Deno.test("13 dataWarnings() tells in one sentence of a range that is not covered and of a partial last bar", () => {
  const partial = { end: { partial: { openMs: 99 * hour } } };
  const left = "the last bar, 1h from 1970-01-05T03:00:00Z, is partial and left out";
  assert.deepEqual(warned(partial), [`partial_last_bar: ${left}`]);
  assert.match(warned({ ...partial, tradesPartial: true })[0]!, /is partial and traded as asked for$/);
  const covered = { startMs: 0, endMs: 99.5 * hour };
  const coverage = { short: true, range: covered };
  const sentence = "the candles cover 1970-01-01T00:00:00Z to 1970-01-05T03:30:00Z of the requested " +
    "1970-01-01T00:00:00Z to 1970-01-05T04:00:00Z (99 %), and all figures are of that part";
  assert.deepEqual(warned({}, { coverage }), [`range_not_covered: ${sentence}`]);
  assert.deepEqual(warned(partial, { coverage }), [`range_not_covered: ${sentence}; ${left}`]);
  const little = { short: true, range: { startMs: 99 * hour, endMs: 100 * hour } };
  assert.match(warned({}, { coverage: little })[0]!, /\(1\.0 %\)/);
});

Deno.test("13 dataWarnings() says that no bar closes in the range", () => {
  const timeline = { slice: { start: 5, stop: 5 }, timeframeMs: hour };
  assert.deepEqual(warned({ timeline }), [
    "no_bars: no bar closes in the requested 1970-01-01T00:00:00Z to 1970-01-05T04:00:00Z",
  ]);
});
