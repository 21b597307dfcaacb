import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import { rollingMax, scratchSeries } from "../blocks/rolling.ts";

/**
 * Confirmed swing highs: at bar t the high of bar `t - right`, when every other high of `[t - right - left, t]` is
 * strictly lower and none of them is NaN; NaN on all other bars. First possible value at `left + right`. A tie anywhere
 * in the span is no pivot. Needs 4 scratch series.
 */
export function pivotHigh(
  high: usize,
  target: usize,
  scratch: usize,
  count: i32,
  left: i32,
  right: i32,
): void {
  pivots(high, target, scratch, count, left, right, 1.0);
}

/** Confirmed swing lows; as {@link pivotHigh} with `low` and strictly higher neighbours. */
export function pivotLow(low: usize, target: usize, scratch: usize, count: i32, left: i32, right: i32): void {
  pivots(low, target, scratch, count, left, right, -1.0);
}

// A low is the high of the mirrored column; mirroring is exact.
function pivots(
  column: usize,
  target: usize,
  scratch: usize,
  count: i32,
  left: i32,
  right: i32,
  direction: f64,
): void {
  assert(count >= 0 && left >= 1 && right >= 1);
  const mirrored = scratchSeries(scratch, 0, count);
  const before = scratchSeries(scratch, 1, count);
  const after = scratchSeries(scratch, 2, count);
  const tails = scratchSeries(scratch, 3, count);
  for (let t = 0; t < count; t++) putF64(mirrored, t, direction * f32At(column, t));
  rollingMax(mirrored, before, count, left, tails);
  rollingMax(mirrored, after, count, right, tails);
  for (let t = 0; t < count; t++) {
    const centre = t - right;
    if (centre < left) {
      putF32(target, t, NaN);
      continue;
    }
    // comparisons with a NaN are false, so a hole in the span is no pivot either
    const peak = f64At(mirrored, centre);
    const pivot = peak > f64At(before, centre - 1) && peak > f64At(after, t);
    putF32(target, t, pivot ? direction * peak : NaN);
  }
}
