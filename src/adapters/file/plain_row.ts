/** Fields of a candle row: its time and five values. */
export const rowFields = 6;

/** Digits that every f64 holds exactly. */
const digitsMax = 15;

const powersOfTen = Array.from({ length: digitsMax + 1 }, (_, exponent) => Number(`1e${exponent}`));

const zero = 48;
const nine = 57;
const comma = 44;
const point = 46;

/**
 * Reads a row of plain decimals from bytes `[from, to)` into `row`; an empty field is NaN. False, and `row` means nothing,
 * for anything that needs a closer look: a sign, an exponent, a blank, a quote, more than 15 digits, a wrong number of
 * fields. What it reads equals `Number()` of the field: digits and power of ten are exact, so their quotient is rounded
 * once (Clinger, "How to read floating point numbers accurately", 1990).
 */
export function readPlainRow(
  bytes: Uint8Array,
  { from, to, row }: { readonly from: number; readonly to: number; readonly row: Float64Array },
): boolean {
  let at = from;
  for (let field = 0; field < rowFields; field++) {
    if (field > 0 && (at === to || bytes[at++] !== comma)) return false;
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
