const minuteMs = 60_000;
const secondMs = 1000;

/**
 * Spacing of candles, at least two, ascending. It is the smallest one found where all others are multiples of it, as
 * gaps are; where stamps are not that regular (a second late, a day of 25 hours, one odd row) it is the middle one of
 * all, rounded to whole minutes, or seconds below a minute.
 */
export function storedSpacingMs(times: Float64Array): number {
  const spacings = new Float64Array(times.length - 1);
  let smallest = Infinity;
  for (let i = 1; i < times.length; i++) {
    spacings[i - 1] = times[i]! - times[i - 1]!;
    if (spacings[i - 1]! < smallest) smallest = spacings[i - 1]!;
  }
  if (spacings.every((spacing) => spacing % smallest === 0)) return smallest;
  return rounded(spacings.sort()[spacings.length >> 1]!);
}

function rounded(middle: number): number {
  const unit = middle >= minuteMs * 0.9 ? minuteMs : middle >= secondMs ? secondMs : 1;
  return Math.round(middle / unit) * unit;
}

/** Tells the spacing of rows that come one after the other, without holding their times. */
export class SpacingTeller {
  readonly #counts = new Map<number, number>();
  #beforeMs = NaN;

  /** Takes the time of the next row, later than the one before. */
  take(timeMs: number): void {
    const spacing = timeMs - this.#beforeMs;
    this.#beforeMs = timeMs;
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
    if (spacings.every((spacing) => spacing % smallest === 0)) return smallest;
    const half = [...this.#counts.values()].reduce((sum, count) => sum + count, 0) >> 1;
    let seen = 0;
    return rounded(spacings.find((spacing) => (seen += this.#counts.get(spacing)!) > half)!);
  }
}
