import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import { DirectoryCandleSource } from "../../src/adapters/candles/directory_candle_source.ts";
import { FolderCandleStore } from "../../src/adapters/candles/store/folder_candle_store.ts";
import { exactCandles } from "../../src/core/bars/mod.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";
import { firstMs, minutes, type StoredCandle, testCandleSource } from "./candle_source_suite.ts";

/** How candles are written to a file, and what the file's name ends with. */
interface Form {
  readonly ending: string;
  readonly written: (rows: readonly StoredCandle[]) => string | ArrayBuffer;
}

const asCsv: Form = { ending: "csv", written: csv };
const asParquet: Form = { ending: "parquet", written: parquet };

async function open(candles: readonly StoredCandle[], { ending, written }: Form = asCsv) {
  const folder = await temporaryFolder();
  const byName = Map.groupBy(candles, ({ marketId, symbol }) => `${marketId}/${symbol}.${ending}`);
  for (const [name, rows] of byName) {
    const content = written(rows);
    const path = await folder.write(name, typeof content === "string" ? content : "");
    if (typeof content !== "string") await Deno.writeFile(path, new Uint8Array(content));
  }
  return {
    source: new DirectoryCandleSource({ directory: folder.path }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function* onePiece(rows: readonly StoredCandle[]) {
  const column = (index: number) => Float64Array.from(rows, ({ values }) => values[index] ?? NaN);
  yield exactCandles(Float64Array.from(rows, ({ openMs }) => openMs), [0, 1, 2, 3, 4].map(column));
}

/** The rows of each instrument, imported into the candle folder. */
async function openStored(candles: readonly StoredCandle[]) {
  const folder = await temporaryFolder();
  const store = new FolderCandleStore(folder.path);
  for (const rows of Map.groupBy(candles, ({ marketId, symbol }) => `${marketId}/${symbol}`).values()) {
    const [{ marketId, symbol }] = rows as [StoredCandle];
    await store.merge({
      instrument: { market_id: marketId, symbol },
      timeframeMs: 60_000,
      rows: onePiece(rows),
      further: [],
      origin: { file: "suite", rows: rows.length, first: "", last: "", guess: null },
    });
  }
  return {
    source: new DirectoryCandleSource({ directory: folder.path }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

testCandleSource({
  name: "imported into a folder",
  open: openStored,
  openMinutes: (count) => openStored(minutes(count)),
});

for (const form of [asCsv, asParquet]) {
  testCandleSource({
    name: `directory, ${form.ending}`,
    open: (candles) => open(candles, form),
    openMinutes: (count) => open(minutes(count), form),
  });
}

Deno.test("load() [directory, csv] refuses rows that are unsorted or there twice, naming the line", async () => {
  const [first, second, third] = minutes(3);
  const query = {
    instrument: { market_id: 1, symbol: "BTCUSDT" },
    range: { startMs: firstMs, endMs: firstMs + 3_600_000 },
  };
  const anyOrder = "; --sort reads rows in any order";
  const oneOfThem = "; --duplicates first or last takes one of the rows of a time";
  const cases: readonly [readonly StoredCandle[], string][] = [
    [
      [first!, third!, second!],
      `line 4: ts_open must be later than the row before, got "${second!.openMs}"${anyOrder}`,
    ],
    [[first!, first!], `line 3: ts_open must be later than the row before, got "${firstMs}"${oneOfThem}`],
    [
      [third!, first!, second!],
      `line 4: ts_open must be earlier than the row before, as the file runs from new to old, got "${
        second!.openMs
      }"${anyOrder}`,
    ],
  ];
  for (const [rows, message] of cases) {
    await using store = await open(rows);
    await assert.rejects(store.source.load(query), {
      code: "validation_error",
      message: `Cannot read candles "1/BTCUSDT.csv" ${message}`,
    });
  }
});

function csv(rows: readonly StoredCandle[]): string {
  const lines = rows.map(({ openMs, values }) => [openMs, ...values].join(","));
  return ["ts_open,open,high,low,close,volume", ...lines, ""].join("\n");
}

function parquet(rows: readonly StoredCandle[]): ArrayBuffer {
  const values = ["open", "high", "low", "close", "volume"].map((name, index) => ({
    name,
    data: rows.map(({ values }) => values[index]!),
    type: "DOUBLE" as const,
  }));
  const times = { name: "ts_open", data: rows.map(({ openMs }) => BigInt(openMs)), type: "INT64" as const };
  return parquetWriteBuffer({ columnData: [times, ...values] });
}
