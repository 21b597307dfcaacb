import zlib from "node:zlib";
import { CompressionType, setCompressionCodec, tableFromIPC, Type } from "@uwdata/flechette";
import lz4 from "lz4js";
import { allBytes, type Content } from "../bytes/content.ts";
import { refusal } from "../rows/candle_refusal.ts";
import type { OpenOptions } from "../rows/opened_candles.ts";
import type { CellBatch, CellTable, TimeKind } from "../table/cell_table.ts";

const bytesMax = 2 ** 31 - 1;

/** Bytes that buffers may still unpack to; a file is read at once, so there is one at a time. */
let unpackedBytesLeft = 0;
const firstRows = 200;

setCompressionCodec(CompressionType.LZ4_FRAME, {
  encode: (bytes) => lz4.compress(bytes),
  decode: (bytes) =>
    spent(lz4.decompress(bytes, Math.min(lz4.decompressBound(bytes), unpackedBytesLeft + 1))),
});
setCompressionCodec(CompressionType.ZSTD, {
  encode: (bytes) => zlib.zstdCompressSync(bytes),
  decode: (bytes) => spent(zlib.zstdDecompressSync(bytes, { maxOutputLength: unpackedBytesLeft + 1 })),
});

function spent(bytes: Uint8Array): Uint8Array {
  unpackedBytesLeft -= bytes.length;
  if (unpackedBytesLeft < 0) throw new Error("it unpacks to more bytes than are read; write it as Parquet");
  return bytes;
}

/**
 * An Arrow file, Feather of version 2, or Arrow stream as a table, all of it in memory. Rejects with a `validation_error`
 * when it is no such file.
 */
export async function arrowTable(content: Content, { limits }: OpenOptions): Promise<CellTable> {
  const most = Math.min(bytesMax, limits.wholeBytesMax);
  const bytes = await allBytes(content, { bytesMax: most });
  if (bytes === null) throw refusal(content, `it has more than ${most} bytes; write it as Parquet`);
  unpackedBytesLeft = Math.min(bytesMax, 2 * most) - 1;
  const table = readTable(content, bytes);
  const fields = table.schema.fields;
  const columns = fields.map(({ type }, index) => {
    const column = table.getChildAt(index);
    // a decimal is read as its digits
    const isDecimal = type.typeId === Type.Decimal;
    return (row: number) => {
      const value: unknown = column.at(row);
      return isDecimal && typeof value === "number" ? BigInt(value) : value;
    };
  });
  const row = (index: number) => columns.map((at) => at(index));
  const { numRows } = table;
  return {
    names: fields.map(({ name }) => name),
    count: numRows,
    fields: fields.length,
    timeKinds: fields.map(({ type }) => timeKindOf(type)),
    scales: fields.map(({ type }) => type.typeId === Type.Decimal ? 10 ** type.scale : 1),
    first: () =>
      Promise.resolve(Array.from({ length: Math.min(numRows, firstRows) }, (_, index) => row(index))),
    last: () => Promise.resolve(numRows === 0 ? null : row(numRows - 1)),
    async *batches(wanted, signal): AsyncGenerator<CellBatch> {
      for (let from = 0; from < numRows; from += batchRows) {
        signal?.throwIfAborted();
        const rows = Math.min(batchRows, numRows - from);
        yield {
          rows,
          columns: wanted.map((column) =>
            Array.from({ length: rows }, (_, index) => columns[column]!(from + index))
          ),
        };
      }
    },
    place: (index) => ` row ${index + 1}`,
  };
}

const batchRows = 65_536;

function readTable(content: Content, bytes: Uint8Array<ArrayBuffer>) {
  try {
    return tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refusal(content, `it cannot be read as Arrow: ${reason.split("\n")[0]}`);
  }
}

function timeKindOf(type: { readonly typeId: number; readonly timezone?: string | null }): TimeKind {
  if (type.typeId === Type.Date) return "moment";
  if (type.typeId !== Type.Timestamp) return "text";
  return type.timezone ? "moment" : "local moment";
}
