import { durationText } from "../text/mod.ts";
import { monthMs } from "./timeframe.ts";

const minuteMs = 60_000;
const secondMs = 1000;
const dayMs = 86_400_000;

/**
 * Spacing of candles, at least two, ascending. It is the smallest one found where all others are multiples of it, as
 * gaps are; where stamps are not that regular (a second late, a day of 25 hours, one odd row) it is the middle one of
 * all, rounded to whole minutes, or seconds below a minute. Rows a month apart have the mean length of months.
 */
export function storedSpacingMs(times: Float64Array): number {
  let smallest = Infinity;
  for (let i = 1; i < times.length; i++) smallest = Math.min(smallest, times[i]! - times[i - 1]!);
  let regular = true;
  for (let i = 1; i < times.length; i++) regular &&= (times[i]! - times[i - 1]!) % smallest === 0;
  // of regular rows that are no months nothing is held: there may be millions
  if (regular && !times.every(beginsMonth)) return smallest;
  const spacings = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!);
  if (areMonths(spacings)) return monthMs;
  if (regular) return smallest;
  return rounded(spacings.sort()[spacings.length >> 1]!);
}

/** Whether distances are those of the same day in months, some of which may be left out; clocks may change by an hour. */
function areMonths(spacings: readonly number[] | Float64Array): boolean {
  const isOfMonths = (spacing: number) =>
    Math.abs(spacing - Math.max(Math.round(spacing / monthMs), 1) * monthMs) <= 2.5 * dayMs;
  return spacings.some((spacing) => spacing < 1.5 * monthMs) && spacings.every(isOfMonths);
}

/** Whether a time is the start of a month in some zone; of a few months all may be 31 days long. */
function beginsMonth(timeMs: number): boolean {
  const zoneMs = 14 * 3_600_000;
  const later = new Date(timeMs + zoneMs);
  return timeMs - Date.UTC(later.getUTCFullYear(), later.getUTCMonth(), 1) <= zoneMs;
}

/** A spacing of candles as people say it: weeks are `1w`, months `1M`. */
export function spacingText(spacingMs: number): string {
  if (spacingMs === monthMs) return "1M";
  return spacingMs === 7 * dayMs ? "1w" : durationText(spacingMs);
}

function rounded(middle: number): number {
  const unit = middle >= minuteMs * 0.9 ? minuteMs : middle >= secondMs ? secondMs : 1;
  return Math.round(middle / unit) * unit;
}

/** Tells the spacing of rows that come one after the other, without holding their times. */
export class SpacingTeller {
  readonly #counts = new Map<number, number>();
  #beforeMs = NaN;
  #beginMonths = true;

  /** Takes the time of the next row, later than the one before. */
  take(timeMs: number): void {
    const spacing = timeMs - this.#beforeMs;
    this.#beforeMs = timeMs;
    this.#beginMonths &&= beginsMonth(timeMs);
    if (!Number.isNaN(spacing)) this.#counts.set(spacing, (this.#counts.get(spacing) ?? 0) + 1);
  }

  /** The smallest distance of two rows; null where there are fewer than two. */
  get smallestMs(): number | null {
    return this.#counts.size === 0 ? null : [...this.#counts.keys()].reduce((a, b) => Math.min(a, b));
  }

  /** What {@link storedSpacingMs} says of the same times; null where there are fewer than two. */
  get spacingMs(): number | null {
    const smallest = this.smallestMs;
    if (smallest === null) return null;
    const spacings = [...this.#counts.keys()].sort((a, b) => a - b);
    const regular = spacings.every((spacing) => spacing % smallest === 0);
    if ((!regular || this.#beginMonths) && areMonths(spacings)) return monthMs;
    if (regular) return smallest;
    const half = [...this.#counts.values()].reduce((sum, count) => sum + count, 0) >> 1;
    let seen = 0;
    return rounded(spacings.find((spacing) => (seen += this.#counts.get(spacing)!) > half)!);
  }
}
