import { barGrid, type DayStart } from "../bars/mod.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Length of the bars of a timeframe such as `30m`, `2h`, `3d`, `1w` or `1M` in ms, a month as 30 days; null for no timeframe. */
export function barLengthMs(timeframe: string): number | null {
  if (timeframe === "1w") return 7 * dayMs;
  if (timeframe === "1M") return 30 * dayMs;
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(timeframe);
  if (match === null) return null;
  return Number(match[1]) * { m: minuteMs, h: 60 * minuteMs, d: dayMs }[match[2] as "m" | "h" | "d"];
}

/** Where the bars of a timeframe lie. */
export interface HigherBars {
  /** The bar that holds a time, half-open, epoch ms. */
  barAt(timeMs: number): { readonly openMs: number; readonly closeMs: number };
}

/**
 * The bars of a timeframe that {@link barLengthMs} knows: those of {@link barGrid}, weeks from Monday and months of the
 * calendar in UTC. Throws RangeError for another text, and for weeks and months of days that do not start at midnight UTC.
 */
export function higherBars(timeframe: string, dayStart: DayStart | null): HigherBars {
  const lengthMs = barLengthMs(timeframe);
  if (lengthMs === null) throw new RangeError(`${timeframe} is no timeframe`);
  if (timeframe !== "1w" && timeframe !== "1M") {
    const grid = barGrid(lengthMs, dayStart);
    return { barAt: (timeMs) => grid.bucketAt(timeMs) };
  }
  if (dayStart !== null) {
    throw new RangeError(`${timeframe} bars of days that start at another time than 00:00 UTC are not made`);
  }
  return { barAt: timeframe === "1M" ? monthAt : weekAt };
}

function weekAt(timeMs: number): { readonly openMs: number; readonly closeMs: number } {
  // the epoch was a Thursday
  const originMs = -3 * dayMs;
  const openMs = originMs + Math.floor((timeMs - originMs) / (7 * dayMs)) * 7 * dayMs;
  return { openMs, closeMs: openMs + 7 * dayMs };
}

function monthAt(timeMs: number): { readonly openMs: number; readonly closeMs: number } {
  const date = new Date(timeMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { openMs: Date.UTC(year, month, 1), closeMs: Date.UTC(year, month + 1, 1) };
}
