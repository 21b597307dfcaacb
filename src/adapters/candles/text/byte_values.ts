import { type NumberForm, numberIn } from "./numbers.ts";
import { digitsMax, plainNumber, powersOfTen } from "./plain_row.ts";

/** What is no number, or one whose text must be looked at; no field gives it otherwise. */
export const noPlainValue = Infinity;

const [zero, nine, point, comma, blank, quote, plus, minus, lowerE] = [48, 57, 46, 44, 32, 39, 43, 45, 101];
const decoder = new TextDecoder();

/** Reads numbers from the bytes of fields, in the form of their file. What it reads equals {@link numberIn} of the field. */
export class ByteValues {
  readonly #form: NumberForm;
  readonly #decimal: number;
  readonly #group: number;

  constructor(form: NumberForm) {
    this.#form = form;
    this.#decimal = form.decimal.charCodeAt(0);
    this.#group = form.decimal === "." ? comma : point;
  }

  /** The value in `[from, to)`: NaN of an empty field, {@link noPlainValue} of what is none. */
  of(bytes: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): number {
    if (from === to) return NaN;
    const decimal = this.#decimal;
    const plain = this.#form.grouped ? NaN : plainNumber(bytes, { from, to, decimal });
    if (!Number.isNaN(plain)) return plain;
    const signed = this.#signed(bytes, { from, to });
    if (!Number.isNaN(signed)) return signed;
    return numberIn(decoder.decode(bytes.subarray(from, to)), this.#form) ?? noPlainValue;
  }

  /** A number with a sign, an exponent, or digits in groups of three; NaN for anything else. */
  #signed(bytes: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): number {
    const sign = bytes[from] === minus ? -1 : 1;
    const start = bytes[from] === minus || bytes[from] === plus ? from + 1 : from;
    let [value, digits, groups, inGroup, pointAt] = [0, 0, 0, 0, -1];
    for (let at = start; at < to; at++) {
      const byte = bytes[at]!;
      if (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero);
        digits++;
        inGroup++;
      } else if (byte === this.#decimal && pointAt < 0) {
        if (groups > 0 && inGroup !== 3) return NaN;
        pointAt = at;
      } else if ((byte | 32) === lowerE && groups === 0 && digits > 0) {
        return this.#byText(bytes, { from, to });
      } else if (this.#divides(byte) && pointAt < 0) {
        if (groups === 0 ? inGroup < 1 || inGroup > 3 : inGroup !== 3) return NaN;
        groups++;
        inGroup = 0;
      } else return NaN;
    }
    if (digits > digitsMax && groups === 0) return this.#byText(bytes, { from, to });
    if (digits === 0 || digits > digitsMax || (pointAt < 0 && groups > 0 && inGroup !== 3)) return NaN;
    // one group alone may be a fraction, as far as its form says nothing
    if (groups === 1 && pointAt < 0 && !this.#form.grouped) return NaN;
    const fraction = pointAt < 0 ? 0 : to - pointAt - 1;
    return sign * (fraction === 0 ? value : value / powersOfTen[fraction]!);
  }

  #divides(byte: number): boolean {
    return byte === this.#group || byte === quote || byte === blank;
  }

  /** By `Number()`: with an exponent, or more digits than a quotient of two floats is exact for. */
  #byText(bytes: Uint8Array, { from, to }: { readonly from: number; readonly to: number }): number {
    if (to - from > 40) return NaN;
    let text = "";
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      const isOf = (byte >= zero && byte <= nine) || byte === plus || byte === minus ||
        (byte | 32) === lowerE;
      if (byte === this.#decimal) text += ".";
      else if (isOf) text += String.fromCharCode(byte);
      else return NaN;
    }
    const value = Number(text);
    return Number.isFinite(value) ? value : NaN;
  }
}
