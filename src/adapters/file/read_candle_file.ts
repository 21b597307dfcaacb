import { fileURLToPath } from "node:url";
import { createCandleRows } from "./candle_rows.ts";
import { type CandleFileContent, type CandleFileOptions, loadedCandles } from "./loaded_candles.ts";
import { isParquet } from "./parquet_mark.ts";
import { readCandleCsv } from "./read_candle_csv.ts";

type Options = CandleFileOptions & { readonly signal?: AbortSignal };

/** Reads a CSV or Parquet file, told apart by its first bytes. Rejects with what the parsers and the file system throw. */
export async function readCandleFile(path: string | URL, options: Options): Promise<CandleFileContent> {
  return await isParquet(path) ? await readParquet(path, options) : await readCandleCsv(path, options);
}

async function readParquet(path: string | URL, { signal, ...options }: Options): Promise<CandleFileContent> {
  // hardly any process needs it, and all would wait for it
  const { CandleParquetParser } = await import("./parquet_candle_parser.ts");
  const rows = createCandleRows();
  const name = path instanceof URL ? fileURLToPath(path) : path;
  const { label, reading = {} } = options;
  const parser = await CandleParquetParser.open(name, { label, reading, sink: rows, signal });
  for await (const _ of parser.steps());
  const { descends, sawNaive } = parser.times;
  return loadedCandles({
    candles: rows.columns(),
    descends,
    sawNaive,
    sawExtraFields: false,
    place: (row) => ` row ${row + 1}`,
  }, options);
}
