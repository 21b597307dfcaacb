import { f32At, f64At, putF32 } from "../../memory.ts";
import { averageNext, averageTrueRange, emaWeight, scratchSeries, widen } from "../blocks/rolling.ts";
import { rollingMean, rollingVariance } from "../blocks/window_sums.ts";

/**
 * Distance from the exponential average in average true ranges: `(x - EMA(x, w)) / f32(ATR(w))` with one window for
 * both. First value at 0, where it is 0. NaN where a part is NaN or the range is 0. Needs 1 scratch series.
 */
export function distanceToAverage(
  source: usize,
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  averageTrueRange(high, low, close, scratch, count, window);
  const weight = emaWeight(window);
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    average = averageNext(average, value, weight);
    const range = f64At(scratch, t) as f32 as f64;
    putF32(target, t, range == 0.0 ? NaN : (value - average) / range);
  }
}

/**
 * Standard score `(x - mean) / deviation` over `window`, population deviation. First value at `window - 1`. NaN
 * while the window holds a NaN and where all its values are equal. Needs 5 scratch series.
 */
export function zscore(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const means = scratchSeries(scratch, 1, count);
  const variances = scratchSeries(scratch, 2, count);
  const tails = scratchSeries(scratch, 3, count);
  widen(source, values, count);
  rollingMean(values, means, count, window, tails);
  rollingVariance(values, variances, count, window, tails);
  for (let t = 0; t < count; t++) {
    const variance = f64At(variances, t);
    const score = (f64At(values, t) - f64At(means, t)) / Math.sqrt(variance);
    putF32(target, t, variance == 0.0 ? NaN : score);
  }
}
