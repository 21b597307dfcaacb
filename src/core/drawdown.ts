/** How deep and how long equity stayed below its running peak. */
export interface Drawdown {
  /** Deepest fall as a fraction of the peak, >= 0. */
  readonly max: number;
  /** Mean over all bars, bars at the peak included. */
  readonly average: number;
  /** Longest episode in ms; null when equity never fell. */
  readonly longestMs: number | null;
  /** Mean length of the episodes in ms, rounded down; null when equity never fell. */
  readonly averageMs: number | null;
}

/** Columns of an equity curve, one entry per bar. */
export interface DrawdownInput {
  readonly equity: Float64Array;
  readonly closeTsMs: Float64Array;
}

// below this a difference is rounding of the account arithmetic, not a loss
const tolerance = 1e-12;

/**
 * Measures `dd[t] = 1 - e[t] / max(e[0..t])`. An episode runs from the first bar that is down to the first bar that is
 * not; one that is still open ends at the last bar. Null when there is no bar, a running peak is not positive, or a
 * value is not finite: then a fraction of the peak has no meaning.
 */
export function drawdown({ equity, closeTsMs }: DrawdownInput): Drawdown | null {
  const bars = equity.length;
  if (bars === 0 || !(equity[0] > 0)) return null;
  let peak = equity[0];
  let max = 0;
  let sum = 0;
  let startMs = NaN;
  const episodes = { count: 0, sumMs: 0, longestMs: 0 };
  const end = (lengthMs: number) => {
    episodes.count++;
    episodes.sumMs += lengthMs;
    episodes.longestMs = Math.max(episodes.longestMs, lengthMs);
  };
  for (let i = 0; i < bars; i++) {
    if (equity[i] > peak) peak = equity[i];
    const depth = 1 - equity[i] / peak;
    sum += depth;
    if (depth > max) max = depth;
    const down = depth > tolerance;
    const wasDown = !Number.isNaN(startMs);
    if (down === wasDown) continue;
    if (!down) end(closeTsMs[i] - startMs);
    startMs = down ? closeTsMs[i] : NaN;
  }
  // a NaN anywhere reaches the sum, whatever the comparisons made of it
  if (!Number.isFinite(sum)) return null;
  if (!Number.isNaN(startMs)) end(closeTsMs[bars - 1] - startMs);
  const { count, sumMs, longestMs } = episodes;
  return {
    max,
    average: sum / bars,
    longestMs: count === 0 ? null : longestMs,
    averageMs: count === 0 ? null : Math.floor(sumMs / count),
  };
}
