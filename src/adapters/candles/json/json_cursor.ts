import { plainNumber, powersOfTen } from "../text/plain_row.ts";
import { blank, minus, newline, nine, point, quote, returned, tab, zero } from "./json_bytes.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const anyNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** A stamp in a text is read to its last digit, which a number does not hold. */
const digitsMax = 15;

/** Goes through the bytes of JSON. */
export class JsonCursor {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The next byte. */
  at: number;
  /** Its line, from 1. */
  line = 1;

  constructor(bytes: Uint8Array<ArrayBuffer>, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Passes over blanks. */
  skip(): void {
    const bytes = this.bytes;
    if (bytes[this.at]! > blank) return;
    for (;; this.at++) {
      const byte = bytes[this.at];
      if (byte === newline) this.line++;
      else if (byte !== blank && byte !== returned && byte !== tab) return;
    }
  }

  /** A number of digits and a point, in quotes or not, which is passed over; NaN, and nothing passed over, for any other. */
  quickNumber(): number {
    const bytes = this.bytes;
    const isQuoted = bytes[this.at] === quote;
    const from = isQuoted ? this.at + 1 : this.at;
    let [at, value, pointAt] = [from, 0, -1];
    for (;; at++) {
      const byte = bytes[at]!;
      if (byte >= zero && byte <= nine) value = value * 10 + (byte - zero);
      else if (byte === point && pointAt < 0) pointAt = at;
      else break;
    }
    const digits = at - from - (pointAt < 0 ? 0 : 1);
    const isOdd = digits < 1 || digits > digitsMax || pointAt === from || pointAt === at - 1 ||
      (bytes[from] === zero && digits > 1 && pointAt !== from + 1);
    if (isOdd || (isQuoted ? bytes[at] !== quote : isOfWord(bytes[at]!))) return NaN;
    this.at = isQuoted ? at + 1 : at;
    return pointAt < 0 ? value : value / powersOfTen[at - pointAt - 1]!;
  }

  /** The word in `[from, to)`; null where there is none. */
  wordAt(from: number, to: number): "null" | "true" | "false" | null {
    const first = this.bytes[from];
    const word = first === 110 ? "null" : first === 116 ? "true" : first === 102 ? "false" : null;
    if (word === null || to - from !== word.length) return null;
    for (let at = 1; at < word.length; at++) if (this.bytes[from + at] !== word.charCodeAt(at)) return null;
    return word;
  }

  /** NaN for what is no number, or one that needs a closer look. */
  numberOf(
    { from, to, isQuoted }: { readonly from: number; readonly to: number; readonly isQuoted: boolean },
  ): number {
    const bytes = this.bytes;
    const isNegative = bytes[from] === minus;
    const digitsFrom = isNegative ? from + 1 : from;
    const first = bytes[digitsFrom]!;
    const second = bytes[digitsFrom + 1]!;
    const isOdd = first === point || bytes[to - 1] === point ||
      (first === zero && digitsFrom + 1 < to && second >= zero && second <= nine);
    const value = isOdd ? NaN : plainNumber(bytes, { from: digitsFrom, to, decimal: point });
    if (!Number.isNaN(value)) return isNegative ? -value : value;
    const isDigit = first >= zero && first <= nine;
    if (!isDigit) return NaN;
    const text = decoder.decode(bytes.subarray(from, to));
    if (!anyNumber.test(text) || (isQuoted && /^-?\d+$/.test(text) && text.length > digitsMax)) return NaN;
    return Number(text);
  }
}

/** Of a number, or a word: a digit, a sign, a point, a letter. */
export function isOfWord(byte: number): boolean {
  return (byte >= zero && byte <= nine) || byte === point || byte === minus || byte === 43 ||
    ((byte | 32) >= 97 && (byte | 32) <= 122);
}
