/** The variant of an indicator that needs most bars before its first complete value. */
export interface LongestLookback {
  readonly indicatorId: string;
  /** Bars before the one the value is on. */
  readonly bars: number;
  /** Its parameters, as messages name them: `window=500`. */
  readonly params: string;
}

/** Bars to use before the range, so that every value is complete on its first bar; `requested` when that is more. */
export function warmUpBars(requested: number, lookbacks: readonly LongestLookback[]): number {
  // of bars that lie on the range's start, the last one before it closes inside of it
  return lookbacks.reduce((most, { bars }) => Math.max(most, bars + 1), requested);
}

/**
 * Says which indicators have no complete value on the first bars of the range, for want of bars before it; null when all
 * have.
 */
export function historySentence(
  lookbacks: readonly LongestLookback[],
  { barsBefore, bars }: { readonly barsBefore: number; readonly bars: number },
): string | null {
  const blind = lookbacks.filter((lookback) => lookback.bars > barsBefore).map(
    ({ indicatorId, params, bars: needed }) =>
      `${indicatorId}${params && ` with ${params}`} needs ${needed} and is incomplete on the first ` +
      `${Math.min(needed - barsBefore, bars)} of ${bars} bars`,
  );
  if (blind.length === 0 || bars === 0) return null;
  const history = barsBefore === 0
    ? "no bar lies"
    : barsBefore === 1
    ? "1 bar lies"
    : `${barsBefore} bars lie`;
  return `${history} before the first one, ${blind.join(", ")}`;
}
