import { plainNumber } from "../text/plain_row.ts";

/** Rows that are all alike, as columns: numbers, or texts as they are. */
export interface PlainJson {
  /** Names of the members of rows; null where rows are lists. */
  readonly names: readonly string[] | null;
  readonly columns: readonly (Float64Array | readonly string[])[];
  readonly count: number;
  /** Line of each row, of a file with one on each; else null. */
  readonly lines: Int32Array | null;
}

const [tab, newline, returned, blank, quote, comma, minus, point] = [9, 10, 13, 32, 34, 44, 45, 46];
const [zero, nine, colon, opened, backslash, closed, openedObject, closedObject] = [
  48,
  57,
  58,
  91,
  92,
  93,
  123,
  125,
];
const decoder = new TextDecoder("utf-8", { fatal: true });
const anyNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** A stamp in a text is read to its last digit, which a number does not hold. */
const digitsMax = 15;

/**
 * Reads a list of lists or of objects, or one of them a line, in one pass over its bytes, where all rows have the same
 * members in the same order and these are numbers, in quotes or not, or texts without escapes. Null for anything else, which
 * `JSON.parse` is to look at: what this reads equals what that gives.
 */
export function plainJson(bytes: Uint8Array<ArrayBuffer>): PlainJson | null {
  return new PlainScanner(bytes).read();
}

class PlainScanner {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;
  #line = 1;
  /** With colons and quotes, as all rows must have them; null for lists. */
  #keys: Uint8Array[] = [];
  #columns: (Float64Array<ArrayBuffer> | string[])[] = [];
  #lines = new Int32Array(1024);
  #count = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3;
  }

  read(): PlainJson | null {
    const bytes = this.#bytes;
    this.#skip();
    const start = this.#at;
    if (bytes[start] === opened) {
      this.#at++;
      this.#skip();
      // a list of rows, or a row on the first of many lines
      if (bytes[this.#at] === opened || bytes[this.#at] === openedObject) return this.#list();
      this.#at = start;
    }
    return this.#onLines();
  }

  #list(): PlainJson | null {
    while (this.#row()) {
      this.#skip();
      const byte = this.#bytes[this.#at++];
      this.#skip();
      if (byte === comma) continue;
      return byte === closed && this.#at === this.#bytes.length ? this.#found(null) : null;
    }
    return null;
  }

  #onLines(): PlainJson | null {
    let before = 0;
    while (this.#at < this.#bytes.length) {
      if (this.#line === before || !this.#row()) return null;
      before = this.#line;
      if (this.#count > this.#lines.length) {
        const longer = new Int32Array(2 * this.#lines.length);
        longer.set(this.#lines);
        this.#lines = longer;
      }
      this.#lines[this.#count - 1] = before;
      this.#skip();
    }
    return this.#count < 2 ? null : this.#found(this.#lines.subarray(0, this.#count));
  }

  #found(lines: Int32Array | null): PlainJson | null {
    const names = this.#keys.length === 0 ? null : this.#keys.map((key) => decoder.decode(key));
    if (names !== null && new Set(names).size < names.length) return null;
    return {
      names,
      columns: this.#columns.map((column) =>
        column instanceof Float64Array ? column.subarray(0, this.#count) : column
      ),
      count: this.#count,
      lines,
    };
  }

  /** Whether the next row is like the others; then it was taken. */
  #row(): boolean {
    const bytes = this.#bytes;
    const isObject = bytes[this.#at] === openedObject;
    if (!isObject && bytes[this.#at] !== opened) return false;
    if (this.#count > 0 && isObject !== this.#keys.length > 0) return false;
    this.#at++;
    for (let field = 0;; field++) {
      this.#skip();
      if (isObject && !this.#key(field)) return false;
      if (!this.#cell(field)) return false;
      this.#skip();
      const byte = bytes[this.#at++];
      if (byte === comma) continue;
      if (byte !== (isObject ? closedObject : closed) || field + 1 !== this.#columns.length) return false;
      this.#count++;
      return true;
    }
  }

  #key(field: number): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== quote) return false;
    const from = this.#at + 1;
    const known = this.#keys[field];
    let to = from;
    while (to < bytes.length && bytes[to] !== quote) {
      if (bytes[to] === backslash || (known !== undefined && known[to - from] !== bytes[to])) return false;
      to++;
    }
    if (known === undefined) {
      if (this.#count > 0) return false;
      this.#keys.push(bytes.slice(from, to));
    } else if (known.length !== to - from) return false;
    this.#at = to + 1;
    this.#skip();
    if (bytes[this.#at] !== colon) return false;
    this.#at++;
    this.#skip();
    return true;
  }

  #cell(field: number): boolean {
    const bytes = this.#bytes;
    const isQuoted = bytes[this.#at] === quote;
    const from = isQuoted ? this.#at + 1 : this.#at;
    let to = from;
    if (isQuoted) {
      while (to < bytes.length && bytes[to] !== quote) {
        if (bytes[to] === backslash || bytes[to]! < blank) return false;
        to++;
      }
      if (to === bytes.length) return false;
      this.#at = to + 1;
    } else {
      while (to < bytes.length && isOfNumber(bytes[to]!)) to++;
      this.#at = to;
    }
    const column = this.#columns[field] ?? this.#newColumn(field, { from, to, isQuoted });
    if (column === null) return false;
    if (!(column instanceof Float64Array)) {
      if (!isQuoted) return false;
      column.push(decoder.decode(bytes.subarray(from, to)));
      return true;
    }
    const value = this.#numberOf({ from, to, isQuoted });
    if (Number.isNaN(value)) return false;
    this.#put(column, { field, value });
    return true;
  }

  #newColumn(field: number, cell: Cell): Float64Array<ArrayBuffer> | string[] | null {
    if (this.#count > 0) return null;
    const column = Number.isNaN(this.#numberOf(cell)) ? [] : new Float64Array(1024);
    this.#columns[field] = column;
    return column;
  }

  #put(
    column: Float64Array<ArrayBuffer>,
    { field, value }: { readonly field: number; readonly value: number },
  ): void {
    if (this.#count < column.length) {
      column[this.#count] = value;
      return;
    }
    const longer = new Float64Array(2 * column.length);
    longer.set(column);
    longer[this.#count] = value;
    this.#columns[field] = longer;
  }

  /** NaN for what is no number, or one that needs a closer look. */
  #numberOf({ from, to, isQuoted }: Cell): number {
    const bytes = this.#bytes;
    const isNegative = bytes[from] === minus;
    const digitsFrom = isNegative ? from + 1 : from;
    const first = bytes[digitsFrom]!;
    const second = bytes[digitsFrom + 1]!;
    const isOdd = first === point || bytes[to - 1] === point ||
      (first === zero && digitsFrom + 1 < to && second >= zero && second <= nine);
    const value = isOdd ? NaN : plainNumber(bytes, { from: digitsFrom, to, decimal: point });
    if (!Number.isNaN(value)) return isNegative ? -value : value;
    const text = decoder.decode(bytes.subarray(from, to));
    if (!anyNumber.test(text) || (isQuoted && /^-?\d+$/.test(text) && text.length > digitsMax)) return NaN;
    return Number(text);
  }

  #skip(): void {
    const bytes = this.#bytes;
    for (;; this.#at++) {
      const byte = bytes[this.#at];
      if (byte === newline) this.#line++;
      else if (byte !== blank && byte !== returned && byte !== tab) return;
    }
  }
}

interface Cell {
  readonly from: number;
  readonly to: number;
  readonly isQuoted: boolean;
}

/** A digit, a sign, a point, or what marks an exponent. */
function isOfNumber(byte: number): boolean {
  return (byte >= zero && byte <= nine) || byte === point || byte === minus || byte === 43 ||
    (byte | 32) === 101;
}
