import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetScan,
  parquetScan,
  type SchemaElement,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { BacktestError } from "../../../core/errors/mod.ts";
import { allBytes, type Content } from "../bytes/content.ts";
import { ownLimits, type ReadLimits, tooMany } from "../bytes/unpack_limits.ts";
import { refusal } from "../rows/candle_refusal.ts";
import type { CellBatch, CellTable, TimeKind } from "../table/cell_table.ts";

const dayMs = 86_400_000;
const firstRows = 200;

/** Packed files are read from memory up to this size. */
const packedBytesMax = 1 << 30;

/**
 * A Parquet file as a table: its columns that are no lists or groups. Of the rows one row group is in memory. Rejects with
 * a `validation_error` when it is no such file.
 */
export async function parquetTable(
  content: Content,
  { limits }: { readonly limits: ReadLimits } = { limits: ownLimits },
): Promise<CellTable> {
  const { label } = content;
  const file = content.path === null ? await inMemory(content) : await asyncBufferFromFile(content.path);
  const metadata = await readable(label, () => parquetMetadataAsync(file));
  requireModest(label, { metadata, limits });
  const elements = leavesOf(metadata);
  const names = elements.map(({ name }) => name);
  const scan = await readable(
    label,
    () => parquetScan({ file, metadata, columns: names, compressors: withinLimits(limits), parsers }),
  );
  const read = (columns: readonly number[], range: Range) =>
    readable(label, () => readColumns(scan, { names: columns.map((column) => names[column]!), range }));
  const all = names.map((_, column) => column);
  const timeKinds = elements.map(timeKindOf);
  const rowsOf = async (range: Range) => {
    const data = await read(all, range);
    const count = range.rowEnd - range.rowStart;
    return Array.from({ length: count }, (_, row) => data.map((column) => column[row]));
  };
  const { ranges } = scan;
  return {
    names,
    count: Number(metadata.num_rows),
    fields: names.length,
    timeKinds,
    scales: elements.map(({ converted_type, logical_type, scale }) =>
      converted_type === "DECIMAL" || logical_type?.type === "DECIMAL" ? 10 ** (scale ?? 0) : 1
    ),
    async first() {
      const range = ranges[0];
      if (range === undefined) return [];
      return await rowsOf({ ...range, rowEnd: Math.min(range.rowEnd, range.rowStart + firstRows) });
    },
    async last() {
      const range = ranges.at(-1);
      if (range === undefined || range.rowEnd === range.rowStart) return null;
      return (await rowsOf({ ...range, rowStart: range.rowEnd - 1 }))[0]!;
    },
    async *batches(columns, signal): AsyncGenerator<CellBatch> {
      for (const range of ranges) {
        signal?.throwIfAborted();
        yield { rows: range.rowEnd - range.rowStart, columns: await read(columns, range) };
      }
    },
    place: (row) => ` row ${row + 1}`,
  };
}

/** Throws where a file says that it holds more than is read. */
function requireModest(
  label: string,
  { metadata: { num_rows, row_groups }, limits }: {
    readonly metadata: FileMetaData;
    readonly limits: ReadLimits;
  },
): void {
  if (num_rows > limits.rowsMax) {
    throw refusal({ label }, `it has more than ${limits.rowsMax} rows; bring it in pieces`);
  }
  const sizes = row_groups.map(({ total_byte_size }) => Number(total_byte_size));
  if (sizes.some((size) => size > limits.wholeBytesMax)) {
    throw refusal(
      { label },
      `a row group of it has more than ${limits.wholeBytesMax} bytes; write smaller ones`,
    );
  }
  if (sizes.reduce((sum, size) => sum + size, 0) > limits.bytesMax) throw tooMany(label, limits);
}

/** Unpacks pages, but none that is larger than a row group may be, whatever the file says of those. */
function withinLimits({ wholeBytesMax }: ReadLimits): Compressors {
  const within = ([name, unpack]: [string, Compressors[keyof Compressors]]) => [
    name,
    (input: Uint8Array, length: number) => {
      if (length <= wholeBytesMax) return unpack!(input, length);
      throw new Error(`a page of it has more than ${wholeBytesMax} bytes`);
    },
  ];
  return Object.fromEntries(Object.entries(compressors).map(within));
}

interface Range {
  readonly rowStart: number;
  readonly rowEnd: number;
}

async function inMemory(content: Content) {
  const bytes = await allBytes(content, { bytesMax: packedBytesMax });
  if (bytes === null) throw refusal(content, "it is too large to be packed; unpack it first");
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return { byteLength: bytes.length, slice: (start: number, end?: number) => buffer.slice(start, end) };
}

/** Columns of the top level that hold one value a row. */
function leavesOf({ schema }: FileMetaData): readonly SchemaElement[] {
  const leaves: SchemaElement[] = [];
  for (let index = 1; index < schema.length;) {
    const element = schema[index]!;
    if (element.num_children === undefined && element.repetition_type !== "REPEATED") leaves.push(element);
    index = behind(schema, index);
  }
  return leaves;
}

/** Index behind an element and all below it. */
function behind(schema: readonly SchemaElement[], index: number): number {
  let next = index + 1;
  for (let child = schema[index]!.num_children ?? 0; child > 0; child--) next = behind(schema, next);
  return next;
}

function timeKindOf(
  { logical_type: logical, converted_type: converted, type }: SchemaElement,
): TimeKind {
  if (logical?.type === "TIMESTAMP") return logical.isAdjustedToUTC ? "moment" : "local moment";
  // a date is midnight UTC, as one in a text is
  return converted?.startsWith("TIMESTAMP") || converted === "DATE" || logical?.type === "DATE" ||
      type === "INT96"
    ? "moment"
    : "text";
}

async function readColumns(
  scan: ParquetScan,
  { names, range }: { readonly names: readonly string[]; readonly range: Range },
): Promise<readonly ArrayLike<unknown>[]> {
  const data: ArrayLike<unknown>[] = [];
  for (const column of names) data.push(await scan.readColumn({ ...range, column }));
  return data;
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
