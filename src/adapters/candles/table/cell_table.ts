/** What a column of times holds: moments, moments on a clock without a zone, or what a text file could hold. */
export type TimeKind = "moment" | "local moment" | "text";

/** One value of a table: a number (of a column of times epoch ms, where it holds moments), a text, or nothing. */
export type Cell = number | bigint | string | boolean | null | undefined;

/** Texts that lie in the bytes of a file, in UTF-8. */
export interface ByteTexts {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the text of a row begins. */
  from(row: number): number;
  /** Where it ends. */
  to(row: number): number;
  /** The text itself. */
  text(row: number): string;
}

/** Values of a column by row. */
export type CellColumn = ArrayLike<unknown> | ByteTexts;

/** Some rows that follow each other, column by column. */
export interface CellBatch {
  readonly rows: number;
  /** As many as were asked for, in their order. */
  readonly columns: readonly CellColumn[];
}

/** Rows of a format that knows columns and types. Columns count from 0. */
export interface CellTable {
  /** Names of the columns; null where they have none. */
  readonly names: readonly string[] | null;
  /** Rows it has. */
  readonly count: number;
  /** Fields of a row. */
  readonly fields: number;
  /** By column. */
  readonly timeKinds: readonly TimeKind[];
  /** Powers of ten that decimals were multiplied with on the way; 1 for other columns. */
  readonly scales: readonly number[];
  /** The first rows, some hundred at most. */
  first(): Promise<readonly (readonly unknown[])[]>;
  /** The last row; null where there is none. */
  last(): Promise<readonly unknown[] | null>;
  /** All rows, of some columns. */
  batches(columns: readonly number[], signal?: AbortSignal): AsyncIterable<CellBatch>;
  /** Of a row counted from 0: ` row 3`. */
  place(row: number): string;
}

/** Whether the values of a column are still bytes. */
export function areByteTexts(column: CellColumn): column is ByteTexts {
  return !(column instanceof Float64Array) && "bytes" in column && "text" in column;
}

/** A value of a column. */
export function cellAt(column: CellColumn, row: number): unknown {
  return areByteTexts(column) ? column.text(row) : column[row];
}
