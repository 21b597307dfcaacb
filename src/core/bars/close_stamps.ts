import { monthMs } from "./timeframe.ts";

const dayMs = 86_400_000;

/** Times that a feed writes for the close of a candle: the end itself, a millisecond or a second before it. */
const lags = [1, 1000];

/**
 * Whether stamps look like closes: every one lies a millisecond, or every one a second, before a multiple of the spacing,
 * as `23:59:59.999` does.
 */
export function looksLikeCloses(times: Float64Array, spacingMs: number): boolean {
  const gridMs = Math.min(spacingMs, dayMs);
  return spacingMs >= 60_000 && lags.some((lag) => times.every((timeMs) => (timeMs + lag) % gridMs === 0));
}

/**
 * The open of a candle from the stamp of its close, which may be a millisecond or a second before its end; of a month, any
 * moment of its last days, or of the two days of the next one in which another zone's month may end.
 */
export function openOfClose(closeMs: number, spacingMs: number): number {
  if (spacingMs === monthMs) {
    const last = new Date(closeMs - 1);
    const first = (months: number) => Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + months, 1);
    return last.getUTCDate() > 2 ? first(0) : closeMs - (first(0) - first(-1));
  }
  const gridMs = Math.min(spacingMs, dayMs);
  const lag = lags.find((lag) => (closeMs + lag) % gridMs === 0) ?? 0;
  return closeMs + lag - spacingMs;
}
