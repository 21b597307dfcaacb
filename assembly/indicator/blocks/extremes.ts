import { rollingMax, rollingMin, roundSeries, scratchSeries, widen } from "./rolling.ts";

/**
 * Highest of the last `window` values. First value at `window - 1`. NaN while the window holds a NaN. Needs 3 scratch
 * series.
 */
export function highest(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 1, count);
  widen(source, values, count);
  rollingMax(values, scratch, count, window, scratchSeries(scratch, 2, count));
  roundSeries(scratch, target, count);
}

/** Lowest of the last `window` values; see {@link highest}. */
export function lowest(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 1, count);
  widen(source, values, count);
  rollingMin(values, scratch, count, window, scratchSeries(scratch, 2, count));
  roundSeries(scratch, target, count);
}
