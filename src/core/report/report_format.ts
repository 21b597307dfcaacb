import { trimEndOf } from "../text/mod.ts";

/** How a metric is printed: a date, a duration, a whole number, or a number with at most that many decimals. */
export type MetricFormat = "date" | "duration" | "integer" | 2 | 4 | 5;

/** The text of one report cell; `N/A` for null and for what is not finite. */
export function formatMetric(value: number | null, format: MetricFormat): string {
  if (value === null || !Number.isFinite(value)) return "N/A";
  if (format === "date") return formatDate(value);
  if (format === "duration") return formatDuration(value);
  if (format === "integer") return formatInteger(value);
  return formatNumber(value, format);
}

/**
 * A finite number with at most `decimals` decimals, without trailing zeros and never as `-0`. What is rounded is the
 * exact binary value, ties to even; `toFixed` rounds ties away from zero and turns to exponents at 1e21.
 */
export function formatNumber(value: number, decimals: number): string {
  const scaled = scaledToInteger(Math.abs(value), decimals);
  if (scaled === 0n) return "0";
  const digits = scaled.toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const fraction = trimEndOf(digits.slice(point), "0");
  return (value < 0 ? "-" : "") + digits.slice(0, point) + (fraction === "" ? "" : `.${fraction}`);
}

/** `[D day[s], ]H:MM:SS[.ffffff]` of whole milliseconds >= 0. */
export function formatDuration(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  const hours = Math.floor(ms / 3_600_000) % 24;
  const minutes = String(Math.floor(ms / 60_000) % 60).padStart(2, "0");
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, "0");
  const millis = ms % 1000;
  const fraction = millis === 0 ? "" : `.${String(millis).padStart(3, "0")}000`;
  const day = days === 0 ? "" : days === 1 ? "1 day, " : `${days} days, `;
  return `${day}${hours}:${minutes}:${seconds}${fraction}`;
}

/** `YYYY-MM-DD HH:MM:SS.mmm+00:00` of epoch milliseconds. */
export function formatDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("T", " ").replace("Z", "+00:00");
}

/** A count. Throws when the value is not one: counts are made by counting. */
export function formatInteger(value: number): string {
  const whole = Math.round(value);
  if (Math.abs(value - whole) > 1e-9) throw new RangeError(`Cannot print ${value} as a whole number`);
  return BigInt(whole).toString();
}

const bits = new DataView(new ArrayBuffer(8));

// round(magnitude * 10^decimals), ties to even, in exact integer arithmetic over the parts of the double
function scaledToInteger(magnitude: number, decimals: number): bigint {
  bits.setFloat64(0, magnitude);
  const word = bits.getBigUint64(0);
  const biased = Number(word >> 52n);
  const fraction = word & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  const exponent = Math.max(biased, 1) - 1075;
  const scaled = mantissa * 10n ** BigInt(decimals);
  if (exponent >= 0) return scaled << BigInt(exponent);
  const shift = BigInt(-exponent);
  const quotient = scaled >> shift;
  const rest = scaled - (quotient << shift);
  const half = 1n << (shift - 1n);
  return rest > half || (rest === half && (quotient & 1n) === 1n) ? quotient + 1n : quotient;
}
