import { parquetWriteBuffer } from "hyparquet-writer";
import type { Column } from "../../usecases/table.ts";

const types = { text: "STRING", integer: "INT32", number: "DOUBLE", boolean: "BOOLEAN" } as const;

/** Columns as a Parquet file; the same columns give the same bytes. */
export function toParquet(columns: readonly Column[]): ArrayBuffer {
  return parquetWriteBuffer({
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      type: types[kind],
      data: kind === "text" ? values.map((value) => value === null ? null : String(value)) : [...values],
    })),
  });
}
