import { ownLimits } from "../bytes/unpack_limits.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "csv-parse/sync";
import type { StoredSeries } from "../../../core/bars/mod.ts";
import { type Content, memoryContent } from "../bytes/content.ts";
import { type CandleFileOptions, loadedCandles } from "../rows/loaded_candles.ts";
import { openText } from "./open_text.ts";

const header = "ts_open,open,high,low,close,volume";

/** Reads a text in pieces of `size` bytes, as a file arrives. */
async function read(
  text: string,
  { size = 1 << 20, ...given }: Partial<CandleFileOptions> & { size?: number } = {},
): Promise<StoredSeries> {
  const options = { label: "x.csv", reading: { timeUnit: "ms" } as const, ...given };
  const opened = await openText(inPieces(new TextEncoder().encode(text), size), {
    reading: options.reading ?? {},
    limits: ownLimits,
  });
  const set = { label: "x.csv", parts: [opened], isInOrder: true, rowsAbout: 0, guess: null, flags: [] };
  return (await loadedCandles(set, options)).series;
}

function inPieces(bytes: Uint8Array<ArrayBuffer>, size: number): Content {
  return {
    ...memoryContent(bytes, "x.csv"),
    async *pieces() {
      const piece = new Uint8Array(size);
      for (let from = 0; from < bytes.length; from += size) {
        const part = bytes.subarray(from, from + size);
        piece.set(part);
        yield piece.subarray(0, part.length);
        piece.fill(1);
      }
    },
  };
}

const noTime = "is no date or time such as 2024-01-31T09:30:00Z";

Deno.test("a text gives ISO times and missing values", async () => {
  const lines = [
    `\ufeff${header}`,
    "1970-01-01T00:00:00Z,1,2,0.5,1.5,10",
    "",
    "1970-01-01 00:01:00+00,1.1,,,1.2,",
    "1970-01-01T00:04:00+00:00, 1e2 ,.5,5.,+1,0\r",
  ];
  const { candles, timeframeMs } = await read(lines.join("\n"), { reading: {} });
  assert.equal(timeframeMs, 60_000);
  assert.deepEqual([...candles.tsOpenMs], [0, 60_000, 240_000]);
  assert.deepEqual([...candles.open], [1, Math.fround(1.1), 100]);
  assert.deepEqual([...candles.high], [2, NaN, 0.5]);
  assert.deepEqual([...candles.low], [0.5, NaN, 5]);
  assert.deepEqual([...candles.close], [1.5, Math.fround(1.2), 1]);
  assert.deepEqual([...candles.volume], [10, NaN, 0]);
});

Deno.test("a text of one row takes a timeframe that is given", async () => {
  assert.equal((await read(`${header}\n0,1,1,1,1,1\n`, { timeframeMs: 1000 })).timeframeMs, 1000);
});

Deno.test("a malformed row of a text is refused with file, line and value", async () => {
  const row = "0,1,1,1,1,1";
  const cases: readonly [readonly string[], string][] = [
    [[header, row, "60000,1,1,1,abc,1"], ' line 3: close must be a number, got "abc"'],
    [[header, row, "60000,1,1,1,0x10,1"], ' line 3: close must be a number, got "0x10"'],
    [
      [header, row, "60000,NaN,1,1,1,1"],
      ' line 3: open must be a number, got "NaN"; --missing NaN reads it as a missing value',
    ],
    [[header, row, "", "60000,1,1"], " line 4: a row must have 6 fields, got 3"],
    [
      [header, row, row],
      ' line 3: ts_open must be later than the row before, got "0"; --duplicates first or last takes one of the ' +
      "rows of a time",
    ],
    [
      [header, "2024-02-30,1,1,1,1,1"],
      ' line 2: ts_open names the day 2024-02-30, which does not exist, got "2024-02-30"',
    ],
    [[header, ",1,1,1,1,1"], ` line 2: ts_open ${noTime}, got ""`],
    [[header], ": it has a header and no rows"],
    [
      ["date,open", "2024-01-31,1"],
      ' line 1: it has no rows of a time and four prices, and its header names no four prices: "date,open"; ' +
      "--column open=NAME and so on say which columns they are",
    ],
    [["so it goes", "and goes"], ' line 1: it is no table of candles, the line is "so it goes"'],
    [["\ufffd\u0001t\0s"], ' line 1: it is no table of candles, the line is "??t?s"'],
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
    [[header, '0,"1,1,1,1,1'], " line 2: it is no row of a time and four prices: "],
    [
      [header, "60000,,,,,", ...Array(9).fill(row)],
      ' line 4: ts_open must be earlier than the row before, as the file runs from new to old, got "0"',
    ],
  ];
  for (const [lines, expected] of cases) {
    for (const size of [1, 7, 1000]) {
      const message = `Cannot read candles "x.csv"${expected}`;
      await assert.rejects(
        read(lines.join("\n"), { size }),
        (error: Error) => error.message.startsWith(message),
        `${lines} in pieces of ${size}`,
      );
    }
  }
});

Deno.test("a text is read with quotes and lone carriage returns", async () => {
  const quoted =
    `${header},note\r\n0,1,1,1,1,1,\r\n"60000","1.5",2,1,1,"3","a ""b"",\nc"\r\n120000,1,1,1,"1",,\r\n`;
  const { tsOpenMs, open, volume } = (await read(quoted, { size: 5 })).candles;
  assert.deepEqual([...tsOpenMs], [0, 60_000, 120_000]);
  assert.deepEqual([...open], [1, 1.5, 1]);
  assert.deepEqual([...volume], [1, 3, NaN]);
  const old = await read(`${header}\r0,1,1,1,1,1\r60000,2,2,2,2,2\r`, { size: 5 });
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

Deno.test("a text gives the numbers that csv-parse and Number() read, in pieces of any size", async () => {
  const rows = fc.array(fc.array(field, { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 20 });
  const end = fc.constantFrom("\n", "\r\n", "\n \t\n");
  await fc.assert(
    fc.asyncProperty(rows, end, fc.integer({ min: 1, max: 200 }), async (values, lineEnd, size) => {
      const lines = values.map((fields, i) => [i * 1000, ...fields].join());
      const text = [header, ...lines].join(lineEnd);
      const records: string[][] = parse(text, { trim: true, skip_empty_lines: true });
      const expected = records.slice(1).map((fields) =>
        fields.map((value) => value === "" ? NaN : Math.fround(Number(value)))
      );
      // a column without a single volume is none
      if (expected.every((numbers) => Number.isNaN(numbers.at(-1)))) {
        for (const numbers of expected) numbers[numbers.length - 1] = 0;
      }
      const { open, high, low, close, volume } = (await read(text, { size })).candles;
      expected.forEach((numbers, i) => {
        assert.deepEqual([open[i], high[i], low[i], close[i], volume[i]], numbers.slice(1));
      });
      assert.equal(open.length, values.length);
    }),
  );
});
