import { cut, foundRows, type PlainJson, textStart } from "./plain_json.ts";
import {
  backslash,
  closed,
  closedObject,
  colon,
  comma,
  nine,
  opened,
  openedObject,
  quote,
  zero,
} from "./json_bytes.ts";
import { type PlainColumn, PlainRows } from "./plain_rows.ts";
import type { TextCells } from "./text_cells.ts";

/** A JSON value in which long lists are columns, and lists of rows tables. */
export type Compact =
  | { readonly kind: "rows"; readonly rows: PlainJson; readonly keys: TextCells | null }
  | { readonly kind: "column"; readonly cells: PlainColumn; readonly keys: TextCells | null }
  | { readonly kind: "members"; readonly members: readonly (readonly [string, Compact])[] }
  | { readonly kind: "list"; readonly items: readonly Compact[] }
  | { readonly kind: "other" };

const depthMax = 8;
/** More values that are no rows are `JSON.parse`'s to read. */
const itemsMax = 10_000;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Reads a JSON text; null where `JSON.parse` must look, as it does at what is damaged. */
export function compactJson(bytes: Uint8Array<ArrayBuffer>): Compact | null {
  const scanner = new CompactScanner(bytes);
  try {
    return scanner.whole();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

class CompactScanner {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at: number;
  #items = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#at = textStart(bytes);
  }

  whole(): Compact | null {
    const value = this.#value(0);
    this.#skip();
    return this.#at === this.#bytes.length ? value : null;
  }

  #value(depth: number): Compact | null {
    this.#skip();
    if (depth > depthMax || ++this.#items > itemsMax) return null;
    const byte = this.#bytes[this.#at];
    if (byte === opened) return this.#list(depth);
    if (byte === openedObject) return this.#object(depth);
    return this.#scalar();
  }

  #list(depth: number): Compact | null {
    this.#at++;
    this.#skip();
    const start = this.#at;
    const first = this.#bytes[start];
    if (first === closed) {
      this.#at++;
      return { kind: "list", items: [] };
    }
    const rows = new PlainRows(this.#bytes, start);
    const areRows = first === opened || first === openedObject;
    if (areRows ? rows.list() : rows.values()) {
      this.#at = rows.at;
      const found = areRows ? foundRows(rows, null) : null;
      if (areRows) return found && { kind: "rows", rows: found, keys: null };
      return { kind: "column", cells: cut(rows.columns[0]!, rows.count), keys: null };
    }
    const items: Compact[] = [];
    for (;;) {
      const item = this.#value(depth + 1);
      if (item === null) return null;
      items.push(item);
      this.#skip();
      const byte = this.#bytes[this.#at++];
      if (byte === closed) return { kind: "list", items };
      if (byte !== comma) return null;
    }
  }

  #object(depth: number): Compact | null {
    this.#at++;
    this.#skip();
    if (this.#bytes[this.#at] === closedObject) {
      this.#at++;
      return { kind: "members", members: [] };
    }
    const keyed = this.#keyed();
    if (keyed !== null) return keyed;
    const members: (readonly [string, Compact])[] = [];
    for (;;) {
      this.#skip();
      if (this.#bytes[this.#at] !== quote) return null;
      const name = JSON.parse(this.#text()) as string;
      this.#skip();
      if (this.#bytes[this.#at++] !== colon) return null;
      const value = this.#value(depth + 1);
      if (value === null || members.some(([other]) => other === name)) return null;
      members.push([name, value]);
      this.#skip();
      const byte = this.#bytes[this.#at++];
      if (byte === closedObject) return { kind: "members", members };
      if (byte !== comma) return null;
    }
  }

  /** Rows or values by time or number: `{"2024-01-31": {...}, ...}`, `{"0": 1.5, ...}`. */
  #keyed(): Compact | null {
    const bytes = this.#bytes;
    const first = bytes[this.#at + 1]!;
    if (!(first >= zero && first <= nine)) return null;
    const start = this.#at;
    this.#text();
    this.#skip();
    const isColon = bytes[this.#at++] === colon;
    this.#skip();
    const what = bytes[this.#at] === openedObject ? "rows" : "values";
    this.#at = start;
    if (!isColon) return null;
    const rows = new PlainRows(bytes, start);
    const keys = rows.keyed(what);
    if (keys === null) return null;
    const found = what === "rows" ? foundRows(rows, null) : null;
    if (what === "rows" && found === null) return null;
    this.#at = rows.at;
    return found !== null
      ? { kind: "rows", rows: found, keys }
      : { kind: "column", cells: cut(rows.columns[0]!, rows.count), keys };
  }

  #scalar(): Compact | null {
    if (this.#bytes[this.#at] === quote) JSON.parse(this.#text());
    else {
      const start = this.#at;
      while (/[\w.+-]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0))) this.#at++;
      JSON.parse(decoder.decode(this.#bytes.subarray(start, this.#at)));
    }
    return { kind: "other" };
  }

  /** The text that begins here, with its quotes. */
  #text(): string {
    const start = this.#at++;
    while (this.#at < this.#bytes.length && this.#bytes[this.#at] !== quote) {
      this.#at += this.#bytes[this.#at] === backslash ? 2 : 1;
    }
    return decoder.decode(this.#bytes.subarray(start, ++this.#at));
  }

  #skip(): void {
    while ([32, 10, 13, 9].includes(this.#bytes[this.#at]!)) this.#at++;
  }
}
