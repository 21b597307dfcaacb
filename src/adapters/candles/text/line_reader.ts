import { refusal } from "../rows/candle_refusal.ts";

/** Longest line that is read. */
const lineBytesMax = 1 << 20;

/** Where a line lies. */
export interface LineSpan {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly from: number;
  readonly to: number;
}

/** Takes a line with its number, from 1; its bytes may be overwritten afterwards. */
export type TakeLine = (
  bytes: Uint8Array<ArrayBuffer>,
  span: { from: number; to: number },
  line: number,
) => void;

/** Cuts bytes that come piece by piece into lines without their ends. */
export class LineReader {
  readonly #label: string;
  readonly #end: number;
  readonly #take: TakeLine;
  readonly #span = { from: 0, to: 0 };
  /** Begin of a line whose end has not come yet. */
  #begun: Uint8Array<ArrayBuffer>[] = [];
  #begunBytes = 0;
  #line = 0;

  /** `end` is the byte that ends lines: a line feed, or a carriage return where there are no line feeds. */
  constructor(
    { label, end, take }: { readonly label: string; readonly end: number; readonly take: TakeLine },
  ) {
    this.#label = label;
    this.#end = end;
    this.#take = take;
  }

  /** Takes the next bytes; they may be overwritten afterwards. Throws a `validation_error` where a line is too long. */
  push(bytes: Uint8Array<ArrayBuffer>): void {
    let from = 0;
    while (true) {
      const end = bytes.indexOf(this.#end, from);
      if (end < 0) break;
      if (this.#begunBytes > 0) {
        const line = this.#joined(bytes.subarray(from, end));
        this.#give(line, { from: 0, to: line.length });
      } else this.#give(bytes, { from, to: end });
      from = end + 1;
    }
    if (from === bytes.length) return;
    this.#begun.push(bytes.slice(from));
    this.#begunBytes += bytes.length - from;
    if (this.#begunBytes > lineBytesMax) {
      throw refusal(
        { label: this.#label, line: this.#line + 1 },
        `the line is longer than ${lineBytesMax} bytes`,
      );
    }
  }

  /** After the last bytes. */
  end(): void {
    if (this.#begunBytes === 0) return;
    const line = this.#joined(new Uint8Array(0));
    this.#give(line, { from: 0, to: line.length });
  }

  #give(bytes: Uint8Array<ArrayBuffer>, { from, to }: { readonly from: number; readonly to: number }): void {
    this.#span.from = from;
    this.#span.to = to;
    this.#take(bytes, this.#span, ++this.#line);
  }

  #joined(rest: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const line = new Uint8Array(this.#begunBytes + rest.length);
    let at = 0;
    for (const part of [...this.#begun, rest]) {
      line.set(part, at);
      at += part.length;
    }
    this.#begun = [];
    this.#begunBytes = 0;
    return line;
  }
}
