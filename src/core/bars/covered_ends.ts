import type { BarGrid } from "./bar_grid.ts";
import type { TimeRange } from "./candles.ts";
import type { Calendar } from "./timeframe.ts";

/** A requested range and where the bars of its market lie. */
export interface RangeEnds {
  readonly grid: BarGrid;
  readonly calendar: Calendar;
  readonly requestRange: TimeRange;
}

/** A market with sessions opens at least once in so many ms: nothing else is known of when it is closed. */
export const sessionsPauseMs = 7 * 86_400_000;

/** Whether the market has no whole bar between the start of the range and the open of the first bar. */
export function coversStart(
  firstOpenMs: number,
  { grid, calendar, requestRange: { startMs } }: RangeEnds,
): boolean {
  if (calendar === "sessions" && firstOpenMs - startMs < sessionsPauseMs) return true;
  const { openMs, closeMs } = grid.bucketAt(startMs);
  const whole = openMs === startMs ? closeMs : grid.bucketAt(closeMs).closeMs;
  return whole > firstOpenMs;
}

/** Whether the market has no whole bar between the close of the last bar and the end of the range. */
export function coversEnd(
  lastCloseMs: number,
  { grid, calendar, requestRange: { endMs } }: RangeEnds,
): boolean {
  if (calendar === "sessions" && endMs - lastCloseMs < sessionsPauseMs) return true;
  return grid.bucketAt(lastCloseMs).closeMs > endMs;
}
