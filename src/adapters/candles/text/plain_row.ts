import { type TimeUnit, unitPlaces } from "../../../core/bars/mod.ts";

/** Fields of a candle row: its time and five values. */
export const rowFields = 6;

/** Digits that every f64 holds exactly. */
export const digitsMax = 15;

/** 1, 10, 100 and so on, with as many zeros as such a number may have digits. */
export const powersOfTen = Array.from({ length: digitsMax + 1 }, (_, exponent) => Number(`1e${exponent}`));

const zero = 48;
const nine = 57;
const comma = 44;
const point = 46;

/**
 * Reads a stamp of `unit` from the field that begins at `from` into `row[0]`, as epoch ms that equal `stampMs()` of the
 * field. Returns where its digits end; -1, and `row[0]` means nothing, for what needs a closer look.
 */
export function readPlainStamp(
  bytes: Uint8Array,
  { from, to, unit, row }: {
    readonly from: number;
    readonly to: number;
    readonly unit: TimeUnit;
    readonly row: Float64Array;
  },
): number {
  let at = from;
  let stamp = 0;
  let stampDigits = 0;
  // digits beyond those that are held are cut from finer units, as all below a millisecond are
  let cutDigits = 0;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < zero || byte > nine) break;
    if (stampDigits < digitsMax) {
      stamp = stamp * 10 + (byte - zero);
      stampDigits++;
    } else cutDigits++;
  }
  const places = unitPlaces[unit] - cutDigits;
  if (stampDigits === 0 || (places < 0 && cutDigits > 0)) return -1;
  row[0] = places === 0
    ? stamp
    : places < 0
    ? stamp * powersOfTen[-places]!
    : Math.floor(stamp / powersOfTen[places]!);
  if (at === to || bytes[at] !== point) return at;
  // of a fraction of seconds three digits are milliseconds
  let fraction = 0;
  let scale = unit === "s" ? 100 : 0;
  for (at++; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < zero || byte > nine) break;
    if (scale >= 1) fraction += (byte - zero) * scale;
    scale /= 10;
  }
  row[0]! += fraction;
  return at;
}

/**
 * The number in `[from, to)`, with `decimal` as the byte before its fraction; NaN for anything that needs a closer look,
 * as {@link readPlainValues} has it. Equals `Number()` of the field.
 */
export function plainNumber(
  bytes: Uint8Array,
  { from, to, decimal }: { readonly from: number; readonly to: number; readonly decimal: number },
): number {
  let digits = 0;
  let value = 0;
  let pointAt = -1;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      value = value * 10 + (byte - zero);
      digits++;
    } else if (byte === decimal && pointAt < 0) pointAt = at;
    else return NaN;
  }
  if (digits === 0 || digits > digitsMax) return NaN;
  return pointAt < 0 ? value : value / powersOfTen[to - pointAt - 1]!;
}

/**
 * Reads the values behind a row's time, from the comma at `from` on, into `row` behind its first member; an empty field is
 * NaN. False, and `row` means nothing, for anything that needs a closer look: a sign, an exponent, a blank, a quote, more
 * than 15 digits, a wrong number of fields. What it reads equals `Number()` of the fields: digits and power of ten are
 * exact, so their quotient is rounded once (Clinger, "How to read floating point numbers accurately", 1990).
 */
export function readPlainValues(
  bytes: Uint8Array,
  { from, to, row }: { readonly from: number; readonly to: number; readonly row: Float64Array },
): boolean {
  let at = from;
  for (let field = 1; field < rowFields; field++) {
    if (at === to || bytes[at++] !== comma) return false;
    const start = at;
    let digits = 0;
    let value = 0;
    let pointAt = -1;
    for (; at < to; at++) {
      const byte = bytes[at]!;
      if (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero);
        digits++;
      } else if (byte === point && pointAt < 0) pointAt = at;
      else break;
    }
    if (digits > digitsMax || (digits === 0 && at > start)) return false;
    if (digits === 0) row[field] = NaN;
    else row[field] = pointAt < 0 ? value : value / powersOfTen[at - pointAt - 1]!;
  }
  return at === to;
}
