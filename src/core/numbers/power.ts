// Engines are free to choose how they round Math.pow, Math.exp and Math.log, and versions of one engine differ in the last
// bits. Results have the same bytes everywhere, so these are made of the four operations that are rounded the same.

const ln2High = 0.6931471803691238;
/** What the upper part leaves of ln 2. */
const ln2Low = 1.9082149292705877e-10;
/** Beyond it every double is 0 or infinite. */
const exponentMax = 1100;

/** Natural logarithm, within 2e-15 of its size; NaN below 0, -Infinity of 0. */
export function naturalLog(value: number): number {
  if (!(value > 0)) return value === 0 ? -Infinity : NaN;
  if (value === Infinity) return Infinity;
  let mantissa = value;
  let twos = 0;
  for (; mantissa > Math.SQRT2; twos++) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; twos--) mantissa *= 2;
  // ln m = 2 artanh s, and |s| <= 0.172
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let k = 25; k >= 3; k -= 2) sum = square * (sum + 1 / k);
  return twos * ln2High + (2 * s + (2 * s * sum + twos * ln2Low));
}

/** e to the power of a value, within 2e-15 of its size. */
export function exponential(value: number): number {
  if (Number.isNaN(value)) return NaN;
  const twos = Math.round(Math.min(Math.max(value / Math.LN2, -exponentMax), exponentMax));
  if (Math.abs(twos) === exponentMax) return twos > 0 ? Infinity : 0;
  const rest = value - twos * ln2High - twos * ln2Low;
  let sum = 1;
  for (let k = 18; k >= 1; k--) sum = 1 + rest * sum / k;
  for (let k = 0; k < twos; k++) sum *= 2;
  for (let k = 0; k > twos; k--) sum /= 2;
  return sum;
}

/** A base above 0 to the power of an exponent; its relative error is some 2e-16 times the logarithm of the result. */
export function power(base: number, exponent: number): number {
  return exponential(exponent * naturalLog(base));
}
