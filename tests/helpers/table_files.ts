import { parse } from "csv-parse/sync";
import { parquetMetadata, parquetReadObjects } from "hyparquet";

/** A table read back from a file. */
export interface FileTable {
  /** Column names in file order. */
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Reads CSV with a header; every cell is a text. */
export function readCsv(text: string): FileTable {
  const [columns = [], ...rows] = parse(text) as string[][];
  return {
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))),
  };
}

/** Reads a Parquet file, with the physical type of every column. */
export async function readParquet(
  file: ArrayBuffer,
): Promise<FileTable & { readonly types: Readonly<Record<string, string | undefined>> }> {
  const [_root, ...elements] = parquetMetadata(file).schema;
  return {
    columns: elements.map(({ name }) => name),
    types: Object.fromEntries(elements.map(({ name, type }) => [name, type])),
    rows: await parquetReadObjects({ file }),
  };
}
