import { f64At, putF32, putF64 } from "../../memory.ts";
import { scratchSeries, widen } from "../blocks/rolling.ts";

/**
 * Slope of the least-squares line through the last `w = window` values at `i = 0..w-1`, oldest first:
 * `(w * sum(i * y) - Sx * sum(y)) / (w * Sxx - Sx * Sx)`, `Sx = w (w - 1) / 2`, `Sxx = (w - 1) w (2w - 1) / 6`. First
 * value at `window - 1`. NaN while the window holds a NaN. Needs 3 scratch series.
 *
 * The sums are defined as made anew in every window. Running sums have the same bits as long as no addition rounds,
 * which is so unless prices of one series differ by a factor above `2^30 / (w (w + 1))`: 26,000 for 200 bars. Beyond it a
 * bar costs O(window).
 */
export function linregSlope(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 2);
  windowMoments(source, scratch, count, window);
  for (let t = 0; t < count; t++) putF32(target, t, slopeAt(scratch, t, count, window));
}

/**
 * End of the least-squares line of {@link linregSlope}, at the newest value: `sum(y) / w + slope * ((w - 1) / 2)`. First
 * value at `window - 1`. NaN while the window holds a NaN. Needs 3 scratch series.
 */
export function linreg(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 2);
  windowMoments(source, scratch, count, window);
  const sums = scratchSeries(scratch, 1, count);
  const w = window as f64;
  for (let t = 0; t < count; t++) {
    putF32(target, t, f64At(sums, t) / w + slopeAt(scratch, t, count, window) * ((w - 1.0) / 2.0));
  }
}

/** Fills three scratch series with the widened source, `sum(y)` and `sum(i * y)` of every window. */
function windowMoments(source: usize, scratch: usize, count: i32, window: i32): void {
  const values = scratchSeries(scratch, 0, count);
  const sums = scratchSeries(scratch, 1, count);
  const moments = scratchSeries(scratch, 2, count);
  widen(source, values, count);
  if (runningSumsAreExact(values, count, window)) runningMoments(values, sums, moments, count, window);
  else freshMoments(values, sums, moments, count, window);
}

/** The slope, from what {@link windowMoments} left. */
function slopeAt(scratch: usize, index: i32, count: i32, window: i32): f64 {
  const w = window as f64;
  const x = w * (w - 1.0) / 2.0;
  const xx = (w - 1.0) * w * (2.0 * w - 1.0) / 6.0;
  const moment = f64At(scratchSeries(scratch, 2, count), index);
  return (w * moment - x * f64At(scratchSeries(scratch, 1, count), index)) / (w * xx - x * x);
}

/**
 * Whether an f64 holds every sum that occurs. All values are multiples of the last f32 bit of the smallest one, which is
 * at least 2^-24 of it, and an f64 holds such multiples up to 2^53 of them.
 */
function runningSumsAreExact(values: usize, count: i32, window: i32): bool {
  let smallest: f64 = Infinity;
  let largest: f64 = 0;
  for (let t = 0; t < count; t++) {
    const size = Math.abs(f64At(values, t));
    if (size > largest) largest = size;
    if (size > 0.0 && size < smallest) smallest = size;
  }
  const w = window as f64;
  return largest * (w * (w + 1.0) / 2.0) <= smallest * 536870912.0;
}

/** Running `sum(y)` and `sum(i * y)`: when the window moves on, every place in it falls by 1. */
function runningMoments(values: usize, sums: usize, moments: usize, count: i32, window: i32): void {
  let sum: f64 = 0;
  let moment: f64 = 0;
  let missing = 0;
  for (let t = 0; t < count; t++) {
    const value = f64At(values, t);
    const hole = isNaN<f64>(value);
    if (hole) missing++;
    if (t >= window) {
      const old = f64At(values, t - window);
      if (isNaN<f64>(old)) missing--;
      else sum -= old;
      moment -= sum;
    }
    if (!hole) {
      sum += value;
      moment += (min<i32>(t, window - 1) as f64) * value;
    }
    const known = t + 1 >= window && missing == 0;
    putF64(sums, t, known ? sum : NaN);
    putF64(moments, t, known ? moment : NaN);
  }
}

function freshMoments(values: usize, sums: usize, moments: usize, count: i32, window: i32): void {
  for (let t = 0; t < count; t++) {
    let sum: f64 = t + 1 < window ? NaN : 0.0;
    let moment: f64 = 0;
    if (t + 1 >= window) {
      for (let i = 0; i < window; i++) {
        const value = f64At(values, t + 1 - window + i);
        sum += value;
        moment += (i as f64) * value;
      }
    }
    putF64(sums, t, sum);
    putF64(moments, t, moment);
  }
}
