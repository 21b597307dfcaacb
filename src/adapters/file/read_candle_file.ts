import { fileURLToPath } from "node:url";
import type { LoadedCandles } from "../../ports/candle_source.ts";
import { createCandleRows } from "./candle_rows.ts";
import { type CandleFileOptions, loadedCandles } from "./loaded_candles.ts";
import { isParquet } from "./parquet_mark.ts";
import { readCandleCsv } from "./read_candle_csv.ts";

type Options = CandleFileOptions & { readonly signal?: AbortSignal };

/** Reads a CSV or Parquet file, told apart by its first bytes. Rejects with what the parsers and the file system throw. */
export async function readCandleFile(path: string | URL, options: Options): Promise<LoadedCandles> {
  return await isParquet(path) ? await readParquet(path, options) : await readCandleCsv(path, options);
}

async function readParquet(path: string | URL, { signal, ...options }: Options): Promise<LoadedCandles> {
  // hardly any process needs it, and all would wait for it
  const { parseCandleParquet } = await import("./parquet_candle_parser.ts");
  const rows = createCandleRows();
  const name = path instanceof URL ? fileURLToPath(path) : path;
  for await (const _ of parseCandleParquet(name, { label: options.label, sink: rows, signal }));
  return loadedCandles(rows, options);
}
