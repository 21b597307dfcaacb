import assert from "node:assert/strict";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { temporaryFolder } from "../../../tests/helpers/temporary_folder.ts";
import type { CandleReading, CandleValue } from "../../core/bars/mod.ts";
import type { CandleFileRules } from "../../ports/candle_file.ts";
import { StoredCandleFile } from "./candle_file.ts";

const firstMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const anyRow: CandleFileRules = { everyMs: minuteMs, startMs: 0, endMs: 2 ** 42, required: [] };
const names = ["open", "high", "low", "close", "volume"] as const;

/** All rows of a file as lists: time, open, high, low, close, volume. */
async function rowsOf(
  path: string,
  rules: CandleFileRules = anyRow,
  reading: CandleReading = { timeUnit: "ms" },
): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const piece of new StoredCandleFile({ path, label: "x", reading }).rows(rules)) {
    piece.tsOpenMs.forEach((openMs, row) => rows.push([openMs, ...names.map((name) => piece[name][row]!)]));
  }
  return rows;
}

function csv(...lines: readonly string[]): string {
  return ["ts_open,open,high,low,close,volume", ...lines, ""].join("\n");
}

/** Parquet columns of two rows, some of them replaced. */
function parquet(changes: Readonly<Record<string, Omit<ColumnSource, "name"> | null>> = {}): ArrayBuffer {
  const columns: Record<string, Omit<ColumnSource, "name"> | null> = {
    ts_open: { data: [BigInt(firstMs), BigInt(firstMs + minuteMs)], type: "INT64" },
    ...Object.fromEntries(names.map((name, index) => [name, { data: [index, index + 0.1], type: "DOUBLE" }])),
    ...changes,
  };
  return parquetWriteBuffer({
    columnData: Object.entries(columns).flatMap(([name, column]) => column ? [{ name, ...column }] : []),
    rowGroupSize: 1,
  });
}

async function inFile<Result>(content: string | ArrayBuffer, use: (path: string) => Promise<Result>) {
  await using folder = await temporaryFolder();
  const path = await folder.write("candles", "");
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content),
  );
  return await use(path);
}

const twoRows = [[firstMs, 0, 1, 2, 3, 4], [firstMs + minuteMs, 0.1, 1.1, 2.1, 3.1, 4.1]];

Deno.test("StoredCandleFile.rows() gives all digits of a CSV file, missing values as NaN", async () => {
  const text = csv("0,0.1,16777217,1e-7,,-3.5", "60000,1,2,3,4,5");
  assert.deepEqual(await inFile(text, rowsOf), [[0, 0.1, 16_777_217, 1e-7, NaN, -3.5], [
    minuteMs,
    1,
    2,
    3,
    4,
    5,
  ]]);
});

Deno.test("StoredCandleFile.rows() reads a file of many pieces in order", async () => {
  const count = 60_000;
  const lines = Array.from({ length: count }, (_, row) => `${row * minuteMs},${row},1,1,1,1`);
  const rows = await inFile(csv(...lines), rowsOf);
  assert.equal(rows.length, count);
  assert.ok(rows.every(([openMs, open], row) => openMs === row * minuteMs && open === row));
});

Deno.test("StoredCandleFile.rows() reads Parquet with times and numbers of every kind", async () => {
  assert.deepEqual(await inFile(parquet(), rowsOf), twoRows);
  const [first, second] = [firstMs, firstMs + minuteMs];
  const times: readonly Omit<ColumnSource, "name">[] = [
    { data: [new Date(first), new Date(second)], type: "TIMESTAMP" },
    { data: [String(first), String(second)], type: "STRING" },
    { data: [first, second], type: "DOUBLE" },
  ];
  for (const ts_open of times) assert.deepEqual(await inFile(parquet({ ts_open }), rowsOf), twoRows);
  const texts = parquet({
    ts_open: { data: ["2024-01-01T00:00:00Z", "2024-01-01T01:01:00+01:00"], type: "STRING" },
  });
  assert.deepEqual(await inFile(texts, (path) => rowsOf(path, anyRow, {})), twoRows);
  const numbers = await inFile(
    parquet({
      open: { data: [7, null], type: "INT32" },
      high: { data: [7n, 8n], type: "INT64" },
      low: { data: [1.5, NaN], type: "FLOAT" },
      other: { data: ["a", "b"], type: "STRING" },
    }),
    rowsOf,
  );
  assert.deepEqual(numbers.map((row) => row.slice(1, 4)), [[7, 7, 1.5], [NaN, 8, NaN]]);
});

Deno.test("StoredCandleFile.rows() names file, place, field and value of what it refuses", async () => {
  const required: readonly CandleValue[] = ["close"];
  const cases: readonly [string | ArrayBuffer, string][] = [
    [csv("0,1,1,1,1,1", "60000,1,oops,1,1,1"), 'line 3: high must be a number, got "oops"'],
    [
      csv("60000,1,1,1,1,1", "60000,1,1,1,1,1"),
      'line 3: ts_open must be later than the row before, got "60000"; --duplicates first or last takes one of the rows of a time',
    ],
    [csv("60001,1,1,1,1,1"), "line 2: ts_open must be a multiple of 60 s, got 1970-01-01T00:01:00.001Z"],
    [
      csv("-60000,1,1,1,1,1"),
      "line 2: ts_open must lie in 1970-01-01T00:00:00Z to 2109-05-15T07:35:11.104Z, got 1969-12-31T23:59:00Z",
    ],
    [csv("0,1,1,1,,1"), "line 2: close must not be missing"],
    [csv("0,1,1,1,1"), "line 2: a row must have 6 fields, got 5"],
    [
      "time,price\n",
      'line 1: it has no rows of a time and four prices, and its header names no four prices: "time,price"; --column open=NAME and so on say which columns they are',
    ],
    ["", "it is empty"],
    [
      parquet({ low: null }),
      'there is no column for low, the columns are "ts_open,open,high,close,volume"; --column low=NAME says which it is',
    ],
    [parquet({ close: { data: [1, null], type: "DOUBLE" } }), "row 2: close must not be missing"],
    [parquet({ open: { data: ["a", "b"], type: "STRING" } }), 'row 1: open must be a number, got "a"'],
    [
      parquet({ ts_open: { data: [60_000n, 60_000n], type: "INT64" } }),
      'row 2: ts_open must be later than the row before, got "60000"; --duplicates first or last takes one of the rows of a time',
    ],
    [
      parquet({ ts_open: { data: ["noon", "one"], type: "STRING" } }),
      'row 1: ts_open is no date or time such as 2024-01-31T09:30:00Z, got "noon"',
    ],
    [parquet().slice(0, -9), "it cannot be read as Parquet: parquet file invalid (footer != PAR1)"],
  ];
  for (const [content, expected] of cases) {
    const error = await inFile(content, (path) => rowsOf(path, { ...anyRow, required })).then(
      () => assert.fail(expected),
      (error: unknown) => error as Error & { code: string },
    );
    assert.equal(error.message.replace('Cannot read candles "x"', "").replace(/^: | /, ""), expected);
    assert.equal(error.code, "validation_error");
  }
  await assert.rejects(rowsOf("/nowhere"), { message: 'Cannot read candles "x": no such file' });
  await using empty = await temporaryFolder();
  await assert.rejects(rowsOf(empty.path), { message: 'Cannot read candles "x": there is no file in it' });
});

Deno.test("StoredCandleFile.rows() ends with the caller's reason", async () => {
  await inFile(parquet(), async (path) => {
    const signal = AbortSignal.abort(new Error("enough"));
    const reading = new StoredCandleFile({ path, label: "x" }).rows(anyRow, { signal });
    await assert.rejects(reading.next(), { message: "enough" });
  });
});
