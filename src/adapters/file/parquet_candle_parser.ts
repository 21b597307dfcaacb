import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetScan,
  parquetScan,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { BacktestError } from "../../core/errors.ts";
import { candleValues } from "../../core/exact_candles.ts";
import { shown } from "../../core/shown.ts";
import { parseTimestamp } from "../../core/time_text.ts";
import { refusal } from "./candle_refusal.ts";
import type { CandleSink } from "./candle_sink.ts";
import { shownTime } from "../../core/shown_time.ts";
import { rowFields } from "./plain_row.ts";

const columns = ["ts_open", ...candleValues] as const;
const dayMs = 86_400_000;

/** How a Parquet file is read. */
export interface ParquetCandleOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  readonly sink: CandleSink;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hands the rows of a Parquet file to a sink, and pauses after each row group, which is what it holds in memory. The
 * columns are those of a CSV file, in any order; others are left alone. `ts_open` is a timestamp, epoch ms as an integer,
 * or a text as in a CSV file; the values are floats, integers or decimals; null and NaN are missing values. Rejects with
 * a `validation_error` of one line that names the file, the row and the value, and with the errors of the file system.
 */
export async function* parseCandleParquet(
  path: string,
  { label, sink, signal }: ParquetCandleOptions,
): AsyncGenerator<void> {
  const file = await asyncBufferFromFile(path);
  const metadata = await readable(label, () => parquetMetadataAsync(file));
  const scales = scalesOf(metadata, label);
  const scan = await readable(
    label,
    () => parquetScan({ file, metadata, columns: [...columns], compressors, parsers }),
  );
  const row = new Float64Array(rowFields);
  for (const range of scan.ranges) {
    signal?.throwIfAborted();
    const data = await readable(label, () => readColumns(scan, range));
    for (let index = 0; index < range.rowEnd - range.rowStart; index++) {
      const place = { label, row: range.rowStart + index + 1 };
      const fault = readRow(data, { index, scales, row, lastMs: sink.lastMs }) ?? sink.add(row);
      if (fault !== null) throw refusal(place, fault);
    }
    yield;
  }
}

type Column = ArrayLike<unknown>;

async function readColumns(
  scan: ParquetScan,
  range: { readonly rowStart: number; readonly rowEnd: number },
): Promise<readonly Column[]> {
  const data: Column[] = [];
  for (const column of columns) data.push(await scan.readColumn({ ...range, column }));
  return data;
}

interface RowTarget {
  readonly index: number;
  readonly scales: readonly number[];
  readonly row: Float64Array;
  readonly lastMs: number;
}

/** Reads one row into `row`, or answers what is wrong with it. */
function readRow(data: readonly Column[], { index, scales, row, lastMs }: RowTarget): string | null {
  const timeMs = timeOf(data[0]![index]);
  if (!Number.isSafeInteger(timeMs)) {
    return `ts_open must be a time in whole milliseconds, got ${shown(data[0]![index])}`;
  }
  if (timeMs <= lastMs) return `ts_open must be later than the row before, got ${shownTime(timeMs)}`;
  row[0] = timeMs;
  for (let field = 1; field < rowFields; field++) {
    const given = data[field]![index];
    const value = numberOf(given, scales[field]!);
    // prices are f32 later, and 1e39 is none
    if (value === null || Math.abs(Math.fround(value)) === Infinity) {
      return `${columns[field]} must be a number, got ${shown(given)}`;
    }
    row[field] = value;
  }
  return null;
}

function timeOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string") return NaN;
  return /^\d+$/.test(value) ? Number(value) : parseTimestamp(value) ?? NaN;
}

/** NaN for a missing value, null for what is no number. */
function numberOf(value: unknown, scale: number): number | null {
  if (value === null || value === undefined) return NaN;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "number") return null;
  // the library multiplies by 0.01, which is not quite a hundredth
  return scale === 1 ? value : Math.round(value * scale) / scale;
}

/** Powers of ten of the decimal columns, 1 for the others. Throws when a column is missing. */
function scalesOf({ schema }: FileMetaData, label: string): readonly number[] {
  return columns.map((column) => {
    const element = schema.find(({ name }) => name === column);
    if (element === undefined) throw refusal({ label }, `column ${column} is missing`);
    return element.converted_type === "DECIMAL" ? 10 ** (element.scale ?? 0) : 1;
  });
}

/** Times as epoch ms, finer parts as a fraction. */
const parsers = {
  timestampFromMilliseconds: (ms: bigint) => Number(ms),
  timestampFromMicroseconds: (us: bigint) => Number(us) / 1e3,
  timestampFromNanoseconds: (ns: bigint) => Number(ns) / 1e6,
  dateFromDays: (days: number) => days * dayMs,
};

async function readable<Result>(label: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof BacktestError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refusal({ label }, `it cannot be read as Parquet: ${reason.split("\n")[0]}`);
  }
}
