import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetScan,
  parquetScan,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { type CandleReading, candleValues, stampMs } from "../../core/bars/mod.ts";
import { BacktestError } from "../../core/errors/mod.ts";
import { shown } from "../../core/text/mod.ts";
import { refusal } from "./candle_refusal.ts";
import type { CandleSink } from "./candle_sink.ts";
import { rowFields } from "./plain_row.ts";
import { RowFault } from "./row_fault.ts";
import { TimeColumn } from "./time_column.ts";

const columns = ["ts_open", ...candleValues] as const;
const dayMs = 86_400_000;

/** How a Parquet file is read. */
export interface ParquetCandleOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  readonly sink: CandleSink;
  readonly reading: CandleReading;
  readonly signal?: AbortSignal | undefined;
}

/** A Parquet file whose footer and last time have been read. */
export class CandleParquetParser {
  /** Of the file's times; says more once rows have been read. */
  readonly times: TimeColumn;
  readonly #options: ParquetCandleOptions;
  readonly #scan: ParquetScan;
  readonly #scales: readonly number[];
  readonly #timeKind: TimeKind;
  readonly #row = new Float64Array(rowFields);

  /** Rejects as {@link steps} does. */
  static async open(path: string, options: ParquetCandleOptions): Promise<CandleParquetParser> {
    const { label } = options;
    const file = await asyncBufferFromFile(path);
    const metadata = await readable(label, () => parquetMetadataAsync(file));
    const scales = scalesOf(metadata, label);
    const scan = await readable(
      label,
      () => parquetScan({ file, metadata, columns: [...columns], compressors, parsers }),
    );
    const last = await readable(label, () => lastTime(scan));
    return new CandleParquetParser(options, { scan, scales, timeKind: timeKindOf(metadata), last });
  }

  private constructor(
    options: ParquetCandleOptions,
    opened: {
      readonly scan: ParquetScan;
      readonly scales: readonly number[];
      readonly timeKind: TimeKind;
      readonly last: unknown;
    },
  ) {
    const { scan, scales, timeKind, last } = opened;
    this.#options = options;
    this.#scan = scan;
    this.#scales = scales;
    this.#timeKind = timeKind;
    const lastText = timeKind === "text" && last !== undefined ? String(last) : null;
    this.times = new TimeColumn({ reading: options.reading, last: lastText });
  }

  /**
   * Hands the rows to the sink, in the order of the file, and pauses after each row group, which is what it holds in
   * memory. The columns are those of a CSV file, in any order; others are left alone. `ts_open` is a timestamp, an epoch
   * stamp as a number, or a text as in a CSV file; the values are floats, integers or decimals; null and NaN are missing
   * values. Rejects with a `validation_error` of one line that names the file, the row and the value, and with the errors
   * of the file system.
   */
  async *steps(): AsyncGenerator<void> {
    const { label, sink, signal } = this.#options;
    for (const range of this.#scan.ranges) {
      signal?.throwIfAborted();
      const data = await readable(label, () => readColumns(this.#scan, range));
      for (let index = 0; index < range.rowEnd - range.rowStart; index++) {
        const place = { label, row: range.rowStart + index + 1 };
        const fault = this.#readRow(data, index) ?? sink.add(this.#row);
        if (fault !== null) throw refusal(place, fault);
      }
      yield;
    }
  }

  /** Reads one row, or returns what is wrong with it. */
  #readRow(data: readonly Column[], index: number): string | null {
    try {
      this.#row[0] = this.#timeOf(data[0]![index]);
    } catch (fault) {
      if (!(fault instanceof RowFault)) throw fault;
      return fault.message;
    }
    for (let field = 1; field < rowFields; field++) {
      const given = data[field]![index];
      const value = numberOf(given, this.#scales[field]!);
      if (value === null) return `${columns[field]} must be a number, got ${shown(given)}`;
      this.#row[field] = value;
    }
    return null;
  }

  #timeOf(value: unknown): number {
    if (this.#timeKind !== "text") {
      const epochMs = typeof value === "number" ? value : NaN;
      return this.times.takeMoment(epochMs, { isLocal: this.#timeKind === "local moment" });
    }
    const { unit } = this.times;
    if (typeof value === "bigint" || typeof value === "number") {
      const plain = unit === "ms" ? Number(value) : unit === "s" ? Number(value) * 1000 : null;
      const epochMs = plain ?? (unit === null ? NaN : stampMs(String(value), unit) ?? NaN);
      if (Number.isInteger(epochMs) && this.times.takePlain(epochMs)) return epochMs;
      return this.times.take(String(value));
    }
    if (typeof value === "string") return this.times.take(value.trim());
    throw new RowFault(`ts_open must be a time, got ${shown(value)}`);
  }
}

type Column = ArrayLike<unknown>;

/** What a column of times holds: moments, moments on a clock without a zone, or what a text file could hold. */
type TimeKind = "moment" | "local moment" | "text";

function timeKindOf({ schema }: FileMetaData): TimeKind {
  const element = schema.find(({ name }) => name === columns[0])!;
  const { logical_type: logical, converted_type: converted = "", type } = element;
  if (logical?.type === "TIMESTAMP") return logical.isAdjustedToUTC ? "moment" : "local moment";
  // a date is midnight UTC, as one in a text is
  return converted.startsWith("TIMESTAMP") || converted === "DATE" || logical?.type === "DATE" ||
      type === "INT96"
    ? "moment"
    : "text";
}

/** Of the last row; undefined where there is none. */
async function lastTime(scan: ParquetScan): Promise<unknown> {
  const range = scan.ranges.at(-1);
  if (range === undefined || range.rowEnd === range.rowStart) return undefined;
  return (await scan.readColumn({ ...range, column: columns[0] }))[range.rowEnd - range.rowStart - 1];
}

async function readColumns(
  scan: ParquetScan,
  range: { readonly rowStart: number; readonly rowEnd: number },
): Promise<readonly Column[]> {
  const data: Column[] = [];
  for (const column of columns) data.push(await scan.readColumn({ ...range, column }));
  return data;
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
