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
  const middle = spacings.sort()[spacings.length >> 1]!;
  const unit = middle >= minuteMs * 0.9 ? minuteMs : middle >= secondMs ? secondMs : 1;
  return Math.round(middle / unit) * unit;
}
