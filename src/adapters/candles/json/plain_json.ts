import { opened, openedObject } from "./json_bytes.ts";
import { type PlainColumn, PlainRows } from "./plain_rows.ts";

/** Rows that are all alike, as columns: numbers, or texts as they are. */
export interface PlainJson {
  /** Names of the members of rows; null where rows are lists. */
  readonly names: readonly string[] | null;
  readonly columns: readonly PlainColumn[];
  readonly count: number;
  /** Line of each row, of a file with one on each; else null. */
  readonly lines: Int32Array | null;
}

/**
 * Reads a list of lists or of objects, or one of them a line, in one pass over its bytes, where all rows have the same
 * members in the same order, some left out perhaps, and these are numbers, in quotes or not, texts without escapes, or null. Null
 * for anything else, which `JSON.parse` is to look at: what this reads equals what that gives.
 */
export function plainJson(bytes: Uint8Array<ArrayBuffer>): PlainJson | null {
  const rows = new PlainRows(bytes, textStart(bytes));
  rows.skip();
  const start = rows.at;
  if (bytes[start] === opened) {
    rows.at++;
    rows.skip();
    // a list of rows, or a row on the first of many lines
    if (bytes[rows.at] === opened || bytes[rows.at] === openedObject) {
      const isWhole = rows.list();
      rows.skip();
      return isWhole && rows.at === bytes.length ? foundRows(rows, null) : null;
    }
    rows.at = start;
  }
  return onLines(rows, bytes);
}

/** Where the text begins, behind a byte order mark. */
export function textStart(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function onLines(rows: PlainRows, bytes: Uint8Array): PlainJson | null {
  let lines = new Int32Array(1024);
  let before = 0;
  while (rows.at < bytes.length) {
    if (rows.line === before) return null;
    before = rows.line;
    if (!rows.row()) return null;
    if (rows.count > lines.length) {
      const longer = new Int32Array(2 * lines.length);
      longer.set(lines);
      lines = longer;
    }
    lines[rows.count - 1] = before;
    rows.skip();
  }
  return rows.count < 2 ? null : foundRows(rows, lines.subarray(0, rows.count));
}

/** What was read, null where two columns have one name. */
export function foundRows({ names, columns, count }: PlainRows, lines: Int32Array | null): PlainJson | null {
  if (new Set(names).size < names.length) return null;
  return {
    names: names.length === 0 ? null : names,
    columns: columns.map((column) => cut(column, count)),
    count,
    lines,
  };
}

/** Without the room for more. */
export function cut(column: PlainColumn, count: number): PlainColumn {
  return column instanceof Float64Array ? column.subarray(0, count) : column;
}
