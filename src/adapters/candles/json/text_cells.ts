import type { ByteTexts } from "../table/cell_table.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Texts of one column, as places in the bytes of their file: most are never looked at, and times are read from the bytes. */
export class TextCells implements ByteTexts {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many there are. */
  count: number;
  #spans: Int32Array<ArrayBuffer>;

  /** `count` empty ones. */
  constructor(bytes: Uint8Array<ArrayBuffer>, count = 0) {
    this.bytes = bytes;
    this.count = count;
    this.#spans = new Int32Array(Math.max(2048, 4 * count));
  }

  /** The same without the first ones. */
  behind(rows: number): TextCells {
    const rest = new TextCells(this.bytes, 0);
    rest.#spans = this.#spans.subarray(2 * rows);
    rest.count = this.count - rows;
    return rest;
  }

  /** Adds the text in `[from, to)`. */
  push(from: number, to: number): void {
    if (2 * this.count === this.#spans.length) {
      const longer = new Int32Array(2 * this.#spans.length);
      longer.set(this.#spans);
      this.#spans = longer;
    }
    this.#spans[2 * this.count] = from;
    this.#spans[2 * this.count + 1] = to;
    this.count++;
  }

  /** Where a text begins. */
  from(row: number): number {
    return this.#spans[2 * row]!;
  }

  /** Where it ends. */
  to(row: number): number {
    return this.#spans[2 * row + 1]!;
  }

  /** A text; throws a `TypeError` where it is no UTF-8. */
  text(row: number): string {
    return decoder.decode(this.bytes.subarray(this.from(row), this.to(row)));
  }

  /** Texts `[from, to)`. */
  texts(from = 0, to = this.count): string[] {
    return Array.from({ length: to - from }, (_, index) => this.text(from + index));
  }
}
