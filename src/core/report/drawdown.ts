/** How deep and how long equity stayed below its running peak. */
export interface Drawdown {
  /** Deepest fall as a fraction of the peak, >= 0. */
  readonly max: number;
  /** Mean of the deepest fall of each episode; null when equity never fell. */
  readonly average: number | null;
  /** Mean fall over all bars, bars at the peak included. */
  readonly allBars: number;
  /** Longest episode in ms; null when equity never fell. */
  readonly longestMs: number | null;
  /** Mean length of the episodes in ms, rounded down; null when equity never fell. */
  readonly averageMs: number | null;
}

/** An equity curve, one entry per bar in each column, and what the account began with. */
export interface DrawdownInput {
  /** Cash before the first bar, above 0: the first peak. */
  readonly initCash: number;
  readonly equity: Float64Array;
  /** Only differences matter. */
  readonly closeTsMs: Float64Array;
}

// below this a difference is rounding of the account arithmetic, not a loss
const tolerance = 1e-12;

/**
 * Measures `dd[t] = 1 - e[t] / max(initCash, e[0..t])`: what the first bar costs is a loss like any other. An episode
 * runs from the first bar that is down to the first bar that is not; one that is still open ends at the last bar. Null
 * when there is no bar or a value is not finite: then a fraction of the peak has no meaning.
 */
export function drawdown({ initCash, equity, closeTsMs }: DrawdownInput): Drawdown | null {
  const bars = equity.length;
  if (bars === 0) return null;
  let peak = initCash;
  let max = 0;
  let sum = 0;
  let count = 0;
  let deepest = 0;
  let sumDeepest = 0;
  let sumMs = 0;
  let longestMs = 0;
  let start = -1;
  // plain locals and Math.max, which is no branch: this runs over every bar of every report
  for (let i = 0; i < bars; i++) {
    peak = Math.max(peak, equity[i]!);
    const depth = 1 - equity[i]! / peak;
    sum += depth;
    max = Math.max(max, depth);
    if (depth > tolerance) {
      if (start < 0) {
        start = i;
        deepest = 0;
      }
      // an engine keeps a maximum with the 0 above as an object, a new one at every bar
      if (depth > deepest) deepest = depth;
    } else if (start >= 0) {
      const lengthMs = closeTsMs[i]! - closeTsMs[start]!;
      count++;
      sumDeepest += deepest;
      sumMs += lengthMs;
      longestMs = Math.max(longestMs, lengthMs);
      start = -1;
    }
  }
  // a NaN anywhere reaches the sum, whatever the comparisons made of it
  if (!Number.isFinite(sum)) return null;
  if (start >= 0) {
    const lengthMs = closeTsMs[bars - 1]! - closeTsMs[start]!;
    count++;
    sumDeepest += deepest;
    sumMs += lengthMs;
    longestMs = Math.max(longestMs, lengthMs);
  }
  return {
    max,
    average: count === 0 ? null : sumDeepest / count,
    allBars: sum / bars,
    longestMs: count === 0 ? null : longestMs,
    averageMs: count === 0 ? null : Math.floor(sumMs / count),
  };
}
