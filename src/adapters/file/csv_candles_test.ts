import assert from "node:assert/strict";
import fc from "fast-check";
import type { StoredSeries } from "../../core/bars/mod.ts";
import { CandleCsvReader } from "./csv_candles.ts";
import { eachCsvRecord } from "./csv_records.ts";
import type { CandleFileOptions } from "./loaded_candles.ts";

const header = "ts_open,open,high,low,close,volume";

/** Reads a text in pieces of `size` bytes, as a file arrives. */
function read(
  text: string,
  { size = 1 << 20, ...options }: Partial<CandleFileOptions> & { size?: number } = {},
): StoredSeries {
  const lastLine = text.split(/[\r\n]+/).findLast((line) => line.trim() !== "") ?? null;
  const reader = new CandleCsvReader({ label: "x.csv", reading: { timeUnit: "ms" }, lastLine, ...options });
  const bytes = new TextEncoder().encode(text);
  const piece = new Uint8Array(size);
  for (let from = 0; from < bytes.length; from += size) {
    const part = bytes.subarray(from, from + size);
    piece.set(part);
    reader.push(piece.subarray(0, part.length));
    piece.fill(1);
  }
  return reader.finish().series;
}

const noTime = "is no date or time such as 2024-01-31T09:30:00Z";

Deno.test("CandleCsvReader reads ISO times and missing values", () => {
  const lines = [
    `\ufeff${header}`,
    "1970-01-01T00:00:00Z,1,2,0.5,1.5,10",
    "",
    "1970-01-01 00:01:00+00,1.1,,,1.2,",
    "1970-01-01T00:04:00+00:00, 1e2 ,.5,5.,+1,0\r",
  ];
  const { candles, timeframeMs } = read(lines.join("\n"), { reading: {} });
  assert.equal(timeframeMs, 60_000);
  assert.deepEqual([...candles.tsOpenMs], [0, 60_000, 240_000]);
  assert.deepEqual([...candles.open], [1, Math.fround(1.1), 100]);
  assert.deepEqual([...candles.high], [2, NaN, 0.5]);
  assert.deepEqual([...candles.low], [0.5, NaN, 5]);
  assert.deepEqual([...candles.close], [1.5, Math.fround(1.2), 1]);
  assert.deepEqual([...candles.volume], [10, NaN, 0]);
});

Deno.test("CandleCsvReader takes a timeframe that is given", () => {
  const text = `${header}\n0,1,1,1,1,1\n`;
  assert.equal(read(text, { timeframeMs: 1000 }).timeframeMs, 1000);
});

Deno.test("CandleCsvReader names file, line and value of a malformed row", () => {
  const row = "0,1,1,1,1,1";
  const cases: readonly [readonly string[], string][] = [
    [[header, row, "60000,1,1,1,abc,1"], ' line 3: close must be a number, got "abc"'],
    [[header, row, "60000,1,1,1,0x10,1"], ' line 3: close must be a number, got "0x10"'],
    [
      [header, row, "60000,NaN,1,1,1,1"],
      ' line 3: open must be a number, got "NaN"; --missing NaN reads it as a missing value',
    ],
    [[header, row, "", "60000,1,1"], " line 4: a row must have 6 fields, got 3"],
    [[header, row, row], ' line 3: ts_open must be later than the row before, got "0"'],
    [
      [header, "2024-02-30,1,1,1,1,1"],
      ' line 2: ts_open names the day 2024-02-30, which does not exist, got "2024-02-30"',
    ],
    [[header, ",1,1,1,1,1"], ` line 2: ts_open ${noTime}, got ""`],
    [[header], ": it has a header and no rows"],
    [["<!DOCTYPE html>"], ` line 1: it is a web page, header must be ${header}, got "<!DOCTYPE html>"`],
    [
      ["ts_open,open,high,low,close"],
      ` line 1: header must be ${header}, got "ts_open,open,high,low,close"; a file without volumes has that column and leaves its fields blank`,
    ],
    [
      [header.replaceAll(",", ";")],
      ` line 1: header must be ${header}, got "${
        header.replaceAll(",", ";")
      }"; fields must be separated by commas`,
    ],
    [
      ["Date,Open,High,Low,Close,Adj Close,Volume"],
      ` line 1: header must be ${header}, got "Date,Open,High,Low,Close,Adj Close,Volume"; rename and order the columns like this`,
    ],
    [
      ["\ufffd\ufffdt\0s\0"],
      ` line 1: header must be ${header}, got "\ufffd\ufffdt\\u0000s\\u0000"; the file must be in UTF-8`,
    ],
    [["date,open"], ` line 1: header must be ${header}, got "date,open"`],
    [[""], ": it is empty"],
    [
      [header, row],
      ": the spacing of its candles cannot be told from fewer than two rows, got 1; --candle-timeframe says what it is",
    ],
    [[header, row, ".,1,1,1,1,1"], ` line 3: ts_open ${noTime}, got "."`],
    [[header, row, "60000,1,1,1,.,1"], ' line 3: close must be a number, got "."'],
    [[header, row, "60000,1,1,1,1.2.3,1"], ' line 3: close must be a number, got "1.2.3"'],
    [[header, row, "60000,1,1,1,1,1,1"], " line 3: a row must have 6 fields, got 7"],
    [[header, row, '"60000",1,1,1,1,1', "", "120000,1,1,x,1,1"], ' line 5: low must be a number, got "x"'],
    [[header, '0,"1,1,1,1,1'], " line 2: the parsing is finished with an opening quote at line 2"],
  ];
  for (const [lines, expected] of cases) {
    for (const size of [1, 7, 1000]) {
      const message = `Cannot read candles "x.csv"${expected}`;
      assert.throws(() => read(lines.join("\n"), { size }), { message });
    }
  }
});

Deno.test("CandleCsvReader reads quotes and lone carriage returns as csv-parse does", () => {
  const quoted = `${header}\r\n0,1,1,1,1,1\r\n"60000","1.5",2,1,1,"3"\r\n120000,1,1,1,"1",\r\n`;
  const { tsOpenMs, open, volume } = read(quoted, { size: 5 }).candles;
  assert.deepEqual([...tsOpenMs], [0, 60_000, 120_000]);
  assert.deepEqual([...open], [1, 1.5, 1]);
  assert.deepEqual([...volume], [1, 3, NaN]);
  const old = read(`${header}\r0,1,1,1,1,1\r60000,2,2,2,2,2\r`, { size: 5 });
  assert.deepEqual([...old.candles.open], [1, 2]);
});

const field = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-0",
    "+1.5",
    "1e-7",
    "00012.50",
    "123456789012345678",
    "0.1234567890123456789",
    " 7 ",
  ),
  fc.double({ noNaN: true, min: 0, max: 1e30 }).map(String),
  fc.tuple(fc.nat(), fc.nat()).map((parts) => parts.join(".")),
);

Deno.test("CandleCsvReader reads the numbers that csv-parse and Number() read, in pieces of any size", () => {
  const rows = fc.array(fc.array(field, { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 20 });
  const end = fc.constantFrom("\n", "\r\n", "\n \t\n");
  fc.assert(fc.property(rows, end, fc.integer({ min: 1, max: 200 }), (values, lineEnd, size) => {
    const lines = values.map((fields, i) => [i * 1000, ...fields].join());
    const text = [header, ...lines].join(lineEnd);
    const expected: number[][] = [];
    eachCsvRecord(text, (fields) => {
      expected.push(fields.map((value) => value === "" ? NaN : Math.fround(Number(value))));
    });
    // a column without a single volume is none
    if (expected.slice(1).every((numbers) => Number.isNaN(numbers.at(-1)))) {
      for (const numbers of expected.slice(1)) numbers[numbers.length - 1] = 0;
    }
    const { open, high, low, close, volume } = read(text, { size }).candles;
    expected.slice(1).forEach((numbers, i) => {
      assert.deepEqual([open[i], high[i], low[i], close[i], volume[i]], numbers.slice(1));
    });
    assert.equal(open.length, values.length);
  }));
});
