import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import { averageTrueRange, roundSeries, scratchSeries, trueRange, widen } from "../blocks/rolling.ts";
import { rollingDeviation, rollingMean, rollingVariance } from "../blocks/window_sums.ts";

/**
 * True range: `max(h - l, |h - c'|, |l - c'|)` with the previous close, `h - l` where there is none. First value at 0.
 * NaN only where high or low is. Needs 1 scratch series.
 */
export function tr(high: usize, low: usize, close: usize, target: usize, scratch: usize, count: i32): void {
  assert(count >= 0);
  trueRange(high, low, close, scratch, count);
  roundSeries(scratch, target, count);
}

/**
 * Average true range: Wilder's average of {@link tr}, `a = 1 / window`. First value at 0. NaN where the true range is,
 * re-seeded by the next valid bar. Needs 1 scratch series.
 */
export function atr(
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
  roundSeries(scratch, target, count);
}

/**
 * Population variance over `window`, 0 where all values are equal. First value at `window - 1`. NaN while the window
 * holds a NaN. Needs 4 scratch series.
 */
export function variance(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const result = scratchSeries(scratch, 1, count);
  widen(source, values, count);
  rollingVariance(values, result, count, window, scratchSeries(scratch, 2, count));
  roundSeries(result, target, count);
}

/** Square root of {@link variance}, rounded once. Needs 4 scratch series. */
export function stddev(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const result = scratchSeries(scratch, 1, count);
  widen(source, values, count);
  rollingDeviation(values, result, count, window, scratchSeries(scratch, 2, count));
  roundSeries(result, target, count);
}

/**
 * Historical volatility in percent: `deviation * sqrt(annualization) * 100` of the log returns over `window`. First
 * value at `window`. NaN while one of the returns' two prices is NaN or not above 0. Needs 4 scratch series.
 */
export function historicalVolatility(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  annualization: i32,
): void {
  assert(count >= 0 && window >= 1 && annualization >= 0);
  const returns = scratchSeries(scratch, 0, count);
  const deviation = scratchSeries(scratch, 1, count);
  let previous: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = f32At(source, t);
    putF64(returns, t, price > 0.0 && previous > 0.0 ? Math.log(price / previous) : NaN);
    previous = price;
  }
  rollingDeviation(returns, deviation, count, window, scratchSeries(scratch, 2, count));
  const yearly = Math.sqrt(annualization as f64);
  for (let t = 0; t < count; t++) putF32(target, t, f64At(deviation, t) * yearly * 100.0);
}

/**
 * Bollinger band: the mean of the window plus `multiplier` deviations; a negative one gives the lower band. First value at
 * `window - 1`. NaN while the window holds a NaN. Needs 5 scratch series.
 */
export function bollingerBand(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  multiplier: f64,
): void {
  assert(count >= 0 && window >= 1);
  const means = scratchSeries(scratch, 1, count);
  const deviations = scratchSeries(scratch, 2, count);
  fillBands(source, scratch, count, window);
  for (let t = 0; t < count; t++) putF32(target, t, f64At(means, t) + multiplier * f64At(deviations, t));
}

/**
 * Width of the Bollinger bands `mean +- multiplier * deviation` as a fraction of the mean. First value at `window - 1`.
 * NaN while the window holds a NaN and where the mean is 0. Needs 5 scratch series.
 */
export function bollingerBandwidth(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  multiplier: f64,
): void {
  assert(count >= 0 && window >= 1);
  const means = scratchSeries(scratch, 1, count);
  const deviations = scratchSeries(scratch, 2, count);
  fillBands(source, scratch, count, window);
  for (let t = 0; t < count; t++) {
    const middle = f64At(means, t);
    const reach = multiplier * f64At(deviations, t);
    const width = (middle + reach) - (middle - reach);
    putF32(target, t, middle != 0.0 ? width / middle : NaN);
  }
}

/**
 * Where the source lies between the Bollinger bands: 0 on the lower, 1 on the upper. First value at `window - 1`. NaN
 * while the window holds a NaN and where the bands meet. Needs 5 scratch series.
 */
export function bollingerPercent(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  multiplier: f64,
): void {
  assert(count >= 0 && window >= 1);
  const means = scratchSeries(scratch, 1, count);
  const deviations = scratchSeries(scratch, 2, count);
  fillBands(source, scratch, count, window);
  for (let t = 0; t < count; t++) {
    const middle = f64At(means, t);
    const reach = multiplier * f64At(deviations, t);
    const lower = middle - reach;
    const width = (middle + reach) - lower;
    putF32(target, t, width != 0.0 ? (f32At(source, t) - lower) / width : NaN);
  }
}

/** Fills three scratch series with the widened source, its mean and its deviation; two more are overwritten. */
function fillBands(source: usize, scratch: usize, count: i32, window: i32): void {
  const values = scratchSeries(scratch, 0, count);
  widen(source, values, count);
  const tails = scratchSeries(scratch, 3, count);
  rollingMean(values, scratchSeries(scratch, 1, count), count, window, tails);
  rollingDeviation(values, scratchSeries(scratch, 2, count), count, window, tails);
}
