import assert from "node:assert/strict";
import { parseCandleCsv } from "./csv_candles.ts";

const header = "ts_open,open,high,low,close,volume";

function parse(...lines: readonly string[]) {
  return parseCandleCsv(lines.join("\n"), { label: "x.csv" });
}

Deno.test("parseCandleCsv() reads ISO times, epoch milliseconds and missing values", () => {
  const { candles, timeframeMs } = parse(
    `\ufeff${header}`,
    "1970-01-01T00:00:00Z,1,2,0.5,1.5,10",
    "",
    "60000,1.1,,,1.2,",
    "1970-01-01T00:04:00+00:00, 1e2 ,.5,5.,+1,0\r",
  );
  assert.equal(timeframeMs, 60_000);
  assert.deepEqual([...candles.tsOpenMs], [0, 60_000, 240_000]);
  assert.deepEqual([...candles.open], [1, Math.fround(1.1), 100]);
  assert.deepEqual([...candles.high], [2, NaN, 0.5]);
  assert.deepEqual([...candles.low], [0.5, NaN, 5]);
  assert.deepEqual([...candles.close], [1.5, Math.fround(1.2), 1]);
  assert.deepEqual([...candles.volume], [10, NaN, 0]);
});

Deno.test("parseCandleCsv() takes a timeframe that is given", () => {
  const text = `${header}\n0,1,1,1,1,1\n`;
  assert.equal(parseCandleCsv(text, { label: "x.csv", timeframeMs: 1000 }).timeframeMs, 1000);
});

Deno.test("parseCandleCsv() names file, line and value of a malformed row", () => {
  const row = "0,1,1,1,1,1";
  const cases: readonly [readonly string[], string][] = [
    [[header, row, "60000,1,1,1,abc,1"], ' line 3: close must be a number, got "abc"'],
    [[header, row, "60000,1,1,1,1e39,1"], ' line 3: close must be a number, got "1e39"'],
    [[header, row, "60000,1,1,1,0x10,1"], ' line 3: close must be a number, got "0x10"'],
    [[header, row, "60000,NaN,1,1,1,1"], ' line 3: open must be a number, got "NaN"'],
    [[header, row, "", "60000,1,1"], " line 4: a row must have 6 fields, got 3"],
    [[header, row, row], ' line 3: ts_open must be later than the row before, got "0"'],
    [
      [header, "2024-01-01,1,1,1,1,1"],
      ' line 2: ts_open must be a time with offset or epoch milliseconds, got "2024-01-01"',
    ],
    [[header, ",1,1,1,1,1"], ' line 2: ts_open must be a time with offset or epoch milliseconds, got ""'],
    [["date,open"], ` line 1: header must be ${header}, got "date,open"`],
    [[""], ` line 1: header must be ${header}, got ""`],
    [[header, row], ": the timeframe cannot be told from fewer than two rows, got 1"],
    [[header, '0,"1,1,1,1,1'], " line 2: the parsing is finished with an opening quote at line 2"],
  ];
  for (const [lines, expected] of cases) {
    assert.throws(() => parse(...lines), { message: `Cannot read candles "x.csv"${expected}` });
  }
});
