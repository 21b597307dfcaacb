import { BacktestError } from "../../core/errors.ts";
import type { ExactCandles } from "../../core/exact_candles.ts";
import type { CandleFile, CandleFileRules } from "../../ports/candle_file.ts";
import { refusal } from "./candle_refusal.ts";
import { CandleCsvParser } from "./csv_candle_parser.ts";
import { ExactRows } from "./exact_rows.ts";
import { isParquet } from "./parquet_mark.ts";

const bytesPerRead = 256 * 1024;
const rowsPerPiece = 10_000;

/** Which file, and what it is called in error texts. */
export interface StoredCandleFileOptions {
  readonly path: string;
  readonly label: string;
}

/**
 * A CSV or Parquet file of candles, told apart by its first bytes. Of a CSV file a piece is held in memory, of a Parquet
 * file one row group.
 */
export class StoredCandleFile implements CandleFile {
  readonly #options: StoredCandleFileOptions;

  constructor(options: StoredCandleFileOptions) {
    this.#options = options;
  }

  async *rows(
    rules: CandleFileRules,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ExactCandles> {
    const { path, label } = this.#options;
    const sink = new ExactRows(rules);
    try {
      const steps = await isParquet(path)
        ? await parquetSteps(path, { label, sink, signal })
        : parseCsv(path, { label, sink, signal });
      for await (const _ of steps) {
        if (sink.count >= rowsPerPiece) yield sink.take();
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      throw refusal({ label }, unreadable(error));
    }
    if (sink.count > 0) yield sink.take();
  }
}

interface ParseOptions extends Pick<StoredCandleFileOptions, "label"> {
  readonly sink: ExactRows;
  readonly signal: AbortSignal | undefined;
}

async function parquetSteps(path: string, options: ParseOptions): Promise<AsyncIterable<void>> {
  // hardly any process needs it, and all would wait for it
  const { parseCandleParquet } = await import("./parquet_candle_parser.ts");
  return parseCandleParquet(path, options);
}

async function* parseCsv(path: string, { label, sink, signal }: ParseOptions): AsyncGenerator<void> {
  using file = await Deno.open(path);
  const parser = new CandleCsvParser({ label, sink });
  const buffer = new Uint8Array(bytesPerRead);
  while (true) {
    const count = await file.read(buffer);
    signal?.throwIfAborted();
    if (count === null) break;
    parser.push(buffer.subarray(0, count));
    yield;
  }
  parser.end();
}

function unreadable(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a directory";
  return cause instanceof Error ? cause.message : String(cause);
}
