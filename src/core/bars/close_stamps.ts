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
 * moment of its last day.
 */
export function openOfClose(closeMs: number, spacingMs: number): number {
  if (spacingMs === monthMs) {
    const within = new Date(closeMs - 1);
    return Date.UTC(within.getUTCFullYear(), within.getUTCMonth(), 1);
  }
  const gridMs = Math.min(spacingMs, dayMs);
  const lag = lags.find((lag) => (closeMs + lag) % gridMs === 0) ?? 0;
  return closeMs + lag - spacingMs;
}
