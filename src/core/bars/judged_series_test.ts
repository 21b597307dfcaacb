import assert from "node:assert/strict";
import { emptyCandles } from "./candles.ts";
import { judgedSeries } from "./judged_series.ts";
import { wholeSeries } from "./stored_series.ts";

const minuteMs = 60_000;

/** A series with these closes, and open, high and low like them unless a close is 0. */
function series(...closes: readonly number[]) {
  const candles = emptyCandles(closes.length);
  closes.forEach((close, row) => {
    candles.tsOpenMs[row] = row * minuteMs;
    for (const name of ["open", "high", "low", "close"] as const) candles[name][row] = close;
    candles.volume[row] = row;
  });
  return wholeSeries({ candles, timeframeMs: minuteMs, warnings: ["naive_times: before"] });
}

Deno.test("judgedSeries() hands on a faultless series as it is", () => {
  const good = series(1, 2, 3);
  assert.equal(judgedSeries(good, { badRows: "refuse", label: "x" }), good);
});

Deno.test("judgedSeries() leaves bad rows out and says how many and which was the first", () => {
  const place = (row: number) => ` line ${row + 2}`;
  const judged = judgedSeries(series(1, 0, 2, -1, 3), { badRows: "skip", label: "x", place });
  assert.deepEqual([...judged.candles.close], [1, 2, 3]);
  assert.deepEqual([...judged.candles.volume], [0, 2, 4]);
  assert.deepEqual([...judged.candles.tsOpenMs], [0, 2 * minuteMs, 4 * minuteMs]);
  assert.deepEqual(judged.warnings, [
    "naive_times: before",
    "bad_rows_skipped: 2 of 5 rows cannot be candles and are left out, the first line 3 1970-01-01T00:01:00Z: " +
    "open 0 is not above 0",
  ]);
  assert.deepEqual(judged.covers, { startMs: 0, endMs: 5 * minuteMs });
});

Deno.test("judgedSeries() warns of a jump to where prices stay, and leaves nothing out for it", () => {
  const split = series(...Array<number>(12).fill(100), ...Array<number>(12).fill(1));
  const judged = judgedSeries(split, { badRows: "refuse", label: "x", place: (row) => ` line ${row + 2}` });
  assert.equal(judged.candles, split.candles);
  assert.deepEqual(judged.warnings.slice(1), [
    "price_jump: line 14 1970-01-01T00:12:00Z: close 1 is more than 50 times off the close 100 before, and the rows " +
    "after it do not return; a split, another unit or a wrong row would make all figures wrong",
  ]);
});

Deno.test("judgedSeries() refuses in one line when it is told to, and when nothing would be left", () => {
  const message = (count: string, help: string) =>
    `Cannot use candles "x": at 1970-01-01T00:00:00Z open 0 is not above 0; ${count} rows cannot be candles${help}`;
  assert.throws(() => judgedSeries(series(0, 1, 0), { badRows: "refuse", label: '"x"' }), {
    code: "validation_error",
    message: message("2 of 3", ", --bad-rows skip (candles.bad_rows in the config) leaves them out"),
  });
  assert.throws(() => judgedSeries(series(0, -1), { badRows: "skip", label: '"x"' }), {
    code: "validation_error",
    message: message("2 of 2", ""),
  });
});
