import {
  backslash,
  blank,
  closed,
  closedObject,
  colon,
  comma,
  opened,
  openedObject,
  quote,
} from "./json_bytes.ts";
import { isOfWord, JsonCursor } from "./json_cursor.ts";
import { TextCells } from "./text_cells.ts";

/** Values that follow each other: numbers, NaN where there is none, or texts as they are, empty where there is none. */
export type PlainColumn = Float64Array<ArrayBuffer> | TextCells;

/** A member of a row's object, in the order in which they come. */
interface Key {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly level: number;
  /** Which column its value is in; -1 where that is an object. */
  readonly field: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
/**
 * Reads rows of JSON into columns, in one pass over its bytes: lists, or objects with the same members in the same order, some
 * left out perhaps, one of which may be an object itself. Methods return false where `JSON.parse` must look, and what was
 * read so far then means nothing.
 */
export class PlainRows extends JsonCursor {
  count = 0;
  readonly columns: PlainColumn[] = [];
  /** Names of the members; empty for lists. */
  readonly names: string[] = [];
  #keys: Key[] = [];
  #nextKey = 0;
  /** By column, whether no value has come yet, so that it is not known what they are. */
  readonly #isOpen: boolean[] = [];

  /** Takes rows up to and with the bracket that ends their list. */
  list(): boolean {
    return this.#until(closed, () => this.row());
  }

  /** Takes single values up to and with the bracket that ends their list. */
  values(): boolean {
    return this.#until(closed, () => this.#value());
  }

  /** Takes members of an object whose values are rows, or single values; returns their names, null where it cannot. */
  keyed(what: "rows" | "values"): TextCells | null {
    const keys = new TextCells(this.bytes);
    const isWhole = this.#until(closedObject, () => {
      const from = this.at + 1;
      if (!this.#passKey()) return false;
      keys.push(from, this.#keyEnd);
      return what === "rows" ? this.bytes[this.at] === openedObject && this.row() : this.#value();
    });
    return isWhole ? keys : null;
  }

  #keyEnd = 0;

  /** Passes over a name and its colon. */
  #passKey(): boolean {
    const bytes = this.bytes;
    if (bytes[this.at] !== quote) return false;
    let to = this.at + 1;
    while (to < bytes.length && bytes[to] !== quote) if (bytes[to++] === backslash) return false;
    this.#keyEnd = to;
    this.at = to + 1;
    this.skip();
    if (bytes[this.at] !== colon) return false;
    this.at++;
    this.skip();
    return true;
  }

  #until(end: number, take: () => boolean): boolean {
    while (take()) {
      this.skip();
      const byte = this.bytes[this.at++];
      if (byte === end) return true;
      if (byte !== comma) return false;
      this.skip();
    }
    return false;
  }

  #value(): boolean {
    if (!this.#cell(0)) return false;
    this.count++;
    return true;
  }

  /** Takes the row that begins at `at`. */
  row(): boolean {
    const isObject = this.bytes[this.at] === openedObject;
    if (!isObject && this.bytes[this.at] !== opened) return false;
    if (this.count > 0 && isObject !== this.#keys.length > 0) return false;
    this.at++;
    this.#nextKey = 0;
    if (isObject ? !this.#members(0, "") || !this.#leaveOut(this.#keys.length) : !this.#cells()) return false;
    this.count++;
    return true;
  }

  #cells(): boolean {
    for (let field = 0;; field++) {
      this.skip();
      if (!this.#cell(field)) return false;
      this.skip();
      const byte = this.bytes[this.at++];
      if (byte !== comma) return byte === closed && field + 1 === this.columns.length;
    }
  }

  #members(level: number, holder: string): boolean {
    const bytes = this.bytes;
    for (;;) {
      this.skip();
      const key = this.#expectedKey(level) ?? this.#otherKey(level, holder);
      if (key === null) return false;
      if (bytes[this.at] === openedObject) {
        if (key.field >= 0) return false;
        this.at++;
        if (!this.#members(level + 1, key.name)) return false;
      } else if (key.field < 0 || !this.#cell(key.field)) return false;
      this.skip();
      const byte = bytes[this.at++];
      if (byte !== comma) return byte === closedObject;
    }
  }

  /** The key that comes next in other rows, where it is the one that is here; null, and nothing passed over, otherwise. */
  #expectedKey(level: number): Key | null {
    const key = this.#keys[this.#nextKey];
    if (key === undefined || key.level !== level) return null;
    const bytes = this.bytes;
    let at = this.at;
    if (bytes[at++] !== quote) return null;
    const expected = key.bytes;
    for (let letter = 0; letter < expected.length; letter++) {
      if (bytes[at++] !== expected[letter]) return null;
    }
    if (bytes[at++] !== quote || bytes[at++] !== colon) return null;
    this.at = at;
    this.#nextKey++;
    this.skip();
    return key;
  }

  /** The key that is here: one behind some that are left out, or a new one at the end. */
  #otherKey(level: number, holder: string): Key | null {
    const keys = this.#keys;
    const from = this.at + 1;
    if (!this.#passKey()) return null;
    const to = this.#keyEnd;
    const isThis = (key: Key | undefined) => key?.level === level && this.#equals(key.bytes, { from, to });
    if (isThis(keys[this.#nextKey])) return keys[this.#nextKey++]!;
    if (level > 0 && this.count > 0) return null;
    for (let later = this.#nextKey + 1; later < keys.length; later++) {
      if (isThis(keys[later])) return this.#leaveOut(later) ? keys[this.#nextKey++]! : null;
    }
    if (this.#nextKey < keys.length) return null;
    const isHolder = this.bytes[this.at] === openedObject;
    if (isHolder && (level > 0 || this.count > 0)) return null;
    const bytes = this.bytes.slice(from, to);
    const name = decoder.decode(bytes);
    const key = { bytes, name, level, field: isHolder ? -1 : this.names.length };
    // `{"time": {"$date": 1}}`
    if (!isHolder) this.names.push(level > 0 && name.startsWith("$") ? holder : name);
    keys.push(key);
    this.#nextKey++;
    return key;
  }

  #equals(key: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): boolean {
    if (key.length !== to - from) return false;
    for (let at = 0; at < key.length; at++) if (key[at] !== this.bytes[from + at]) return false;
    return true;
  }

  /** Takes members up to a key as missing. */
  #leaveOut(untilKey: number): boolean {
    for (; this.#nextKey < untilKey; this.#nextKey++) {
      const { field } = this.#keys[this.#nextKey]!;
      if (field >= 0 && !this.#missing(field)) return false;
    }
    return true;
  }

  #missing(field: number): boolean {
    const column = this.columns[field] ?? this.#newColumn(field, { isNumber: true });
    this.#isOpen[field] ??= true;
    if (column instanceof Float64Array) this.#put(column, { field, value: NaN });
    else column.push(0, 0);
    return true;
  }

  #cell(field: number): boolean {
    const bytes = this.bytes;
    const known = this.columns[field];
    const quick = known instanceof Float64Array ? this.quickNumber() : NaN;
    if (!Number.isNaN(quick)) {
      this.#put(known as Float64Array<ArrayBuffer>, { field, value: quick });
      this.#isOpen[field] = false;
      return true;
    }
    const isQuoted = bytes[this.at] === quote;
    const from = isQuoted ? this.at + 1 : this.at;
    let to = from;
    if (isQuoted) {
      while (to < bytes.length && bytes[to] !== quote) {
        if (bytes[to] === backslash || bytes[to]! < blank) return false;
        to++;
      }
      if (to === bytes.length) return false;
      this.at = to + 1;
    } else {
      while (to < bytes.length && isOfWord(bytes[to]!)) to++;
      this.at = to;
      const word = this.wordAt(from, to);
      if (word === "null") return this.#missing(field);
      if (word !== null) return this.#text(field, { from, to });
    }
    const value = this.columns[field] === undefined || this.columns[field] instanceof Float64Array
      ? this.numberOf({ from, to, isQuoted })
      : NaN;
    if (Number.isNaN(value)) return isQuoted && this.#text(field, { from, to });
    const column = this.columns[field] ?? this.#newColumn(field, { isNumber: true });
    if (!(column instanceof Float64Array)) return false;
    this.#put(column, { field, value });
    this.#isOpen[field] = false;
    return true;
  }

  #text(field: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
    let column = this.columns[field] ?? this.#newColumn(field, { isNumber: false });
    if (column instanceof Float64Array) {
      if (!this.#isOpen[field]) return false;
      // so far all were missing
      this.columns[field] = column = new TextCells(this.bytes, this.count);
    }
    this.#isOpen[field] = false;
    column.push(from, to);
    return true;
  }

  #newColumn(field: number, { isNumber }: { readonly isNumber: boolean }): PlainColumn {
    const { count } = this;
    const column = isNumber
      ? new Float64Array(Math.max(1024, 2 * count)).fill(NaN, 0, count)
      : new TextCells(this.bytes, count);
    return this.columns[field] = column;
  }

  #put(
    column: Float64Array<ArrayBuffer>,
    { field, value }: { readonly field: number; readonly value: number },
  ): void {
    if (this.count < column.length) {
      column[this.count] = value;
      return;
    }
    const longer = new Float64Array(2 * column.length);
    longer.set(column);
    longer[this.count] = value;
    this.columns[field] = longer;
  }
}
