import type { TimeRange } from "../../core/bars/mod.ts";

/** A DateTime64 lies between these; times outside would wrap. */
export const dateTime64Range: TimeRange = { startMs: Date.UTC(1900, 0, 1), endMs: Date.UTC(2299, 11, 31) };

/** A DateTime is 32 bits of seconds. */
export const dateTimeRange: TimeRange = { startMs: 0, endMs: 2 ** 32 * 1000 };

/** Query parameters of a range, cut to the times that a query can hold. */
export function startAndEnd({ startMs, endMs }: TimeRange): { readonly start: number; readonly end: number } {
  return {
    start: Math.max(startMs, dateTime64Range.startMs),
    end: Math.min(endMs, dateTime64Range.endMs),
  };
}
