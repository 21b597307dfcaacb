import assert from "node:assert/strict";
import { emptyCandles } from "./candles.ts";
import { inspected } from "./inspection.ts";
import { wholeSeries } from "./stored_series.ts";

const hour = 3_600_000;

/** The gaps of hourly rows that open at these hours of the epoch. */
function gapsOf(hours: readonly number[]) {
  const candles = emptyCandles(hours.length);
  for (const name of ["open", "high", "low", "close", "volume"] as const) candles[name].fill(1);
  candles.tsOpenMs.set(hours.map((n) => n * hour));
  const series = wholeSeries({ candles, timeframeMs: hour });
  const { gaps } = inspected({ series, calendar: "continuous", place: (row) => ` line ${row + 2}` });
  const hourOf = (text: string) => Date.parse(text) / hour;
  return { ...gaps, largest: gaps.largest.map(({ from, to }) => [hourOf(from), hourOf(to)]) };
}

Deno.test("13 inspected() lists the five longest gaps, the earlier first among equal ones", () => {
  assert.deepEqual(gapsOf([0, 1, 2]), { count: 0, longest: null, largest: [] });
  assert.deepEqual(gapsOf([0, 2, 4, 9, 11, 13, 18]), {
    count: 6,
    longest: "4h",
    largest: [[5, 9], [14, 18], [1, 2], [3, 4], [10, 11]],
  });
});

Deno.test("13 inspected() takes half a row more between two rows for a gap, and less for none", () => {
  assert.equal(gapsOf([0, 1.5, 2.5]).count, 1);
  assert.equal(gapsOf([0, 1.49, 2.5]).count, 0);
});
