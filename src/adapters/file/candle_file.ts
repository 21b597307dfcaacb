import { type CandleReading, type ExactCandles, reversedCandles } from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import type { CandleFile, CandleFileRules } from "../../ports/candle_file.ts";
import { refusal } from "./candle_refusal.ts";
import { CandleCsvParser } from "./csv_candle_parser.ts";
import { ExactRows } from "./exact_rows.ts";
import { fileWarnings } from "./file_findings.ts";
import { firstField, lastLine } from "./last_line.ts";
import { isParquet } from "./parquet_mark.ts";
import { TimeColumn } from "./time_column.ts";

const bytesPerRead = 256 * 1024;
const rowsPerPiece = 10_000;

/** Which file, what it is called in error texts, and how it is read. */
export interface StoredCandleFileOptions {
  readonly path: string;
  readonly label: string;
  readonly reading?: CandleReading;
}

/**
 * A CSV or Parquet file of candles, told apart by its first bytes. Of a CSV file a piece is held in memory, of a Parquet
 * file one row group; of one that runs from new to old all rows, at 48 bytes each.
 */
export class StoredCandleFile implements CandleFile {
  readonly #options: StoredCandleFileOptions;
  #warnings: readonly string[] = [];
  #place = (_row: number): string => "";

  constructor(options: StoredCandleFileOptions) {
    this.#options = options;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  place(row: number): string {
    return this.#place(row);
  }

  async *rows(
    rules: CandleFileRules,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<ExactCandles> {
    const { path, label, reading = {} } = this.#options;
    const sink = new ExactRows({ ...rules, stamp: reading.stamp ?? "open" });
    let opened: OpenedFile;
    let rows = 0;
    const take = () => {
      rows += sink.count;
      return sink.take();
    };
    try {
      opened = await isParquet(path)
        ? await openParquet(path, { label, reading, sink, signal })
        : openCsv(path, { label, reading, sink, signal });
      this.#place = (row) => opened.place(row);
      for await (const _ of opened.steps) {
        if (sink.count >= rowsPerPiece && !opened.found().descends) yield take();
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BacktestError) throw error;
      throw refusal({ label }, unreadable(error));
    }
    const found = opened.found();
    this.#warnings = fileWarnings({ ...found, looksLikeCloses: false });
    const rest = sink.count === 0 ? null : take();
    if (found.descends) this.#place = (row) => opened.place(rows - 1 - row);
    if (rest !== null) yield found.descends ? reversedCandles(rest) : rest;
  }
}

interface ParseOptions {
  readonly label: string;
  readonly reading: CandleReading;
  readonly sink: ExactRows;
  readonly signal: AbortSignal | undefined;
}

/** A file while it is read; steps come after every piece. */
interface OpenedFile {
  readonly steps: AsyncIterable<void>;
  found(): { readonly descends: boolean; readonly sawNaive: boolean; readonly sawExtraFields: boolean };
  /** Of a row in the order of the file. */
  place(row: number): string;
}

async function openParquet(path: string, options: ParseOptions): Promise<OpenedFile> {
  // hardly any process needs it, and all would wait for it
  const { CandleParquetParser } = await import("./parquet_candle_parser.ts");
  const parser = await CandleParquetParser.open(path, options);
  const { times } = parser;
  return {
    steps: parser.steps(),
    found: () => ({ descends: times.descends, sawNaive: times.sawNaive, sawExtraFields: false }),
    place: (row) => ` row ${row + 1}`,
  };
}

function openCsv(path: string, { label, reading, sink, signal }: ParseOptions): OpenedFile {
  let times: TimeColumn;
  let parser: CandleCsvParser;
  async function* steps(): AsyncGenerator<void> {
    using file = await Deno.open(path);
    const last = await lastLine(file);
    times = new TimeColumn({ reading, last: last === null ? null : firstField(last) });
    parser = new CandleCsvParser({ label, sink, times, missing: reading.missing });
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
  return {
    steps: steps(),
    found: () => ({
      descends: times.descends,
      sawNaive: times.sawNaive,
      sawExtraFields: parser.sawExtraFields,
    }),
    place: (row) => ` line ${parser.lineOf(row)}`,
  };
}

function unreadable(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a directory";
  return cause instanceof Error ? cause.message : String(cause);
}
