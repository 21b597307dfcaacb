import { f32At, f64At, putF32, putF64 } from "../memory.ts";
import { rollingDeviation, rollingSum, roundSeries, scratchSeries, widen } from "./rolling.ts";
import { rollingRatio } from "./rolling_ratio.ts";

/**
 * Accumulation/distribution line: running total of `((c - l) - (h - c)) / (h - l) * v`. First value at 0. NaN at a NaN
 * or a bar without range, where the total is dropped; the next valid bar starts anew.
 */
export function accumulationLine(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  target: usize,
  count: i32,
): void {
  assert(count >= 0);
  let total: f64 = NaN;
  for (let t = 0; t < count; t++) {
    total = totalNext(total, moneyFlowVolume(high, low, close, volume, t));
    putF32(target, t, total);
  }
}

/**
 * On-balance volume: running total of the volume, signed like the change of the close. First value at 1. NaN where
 * volume or one of the two closes is, where the total is dropped; the next valid bar starts anew.
 */
export function onBalanceVolume(close: usize, volume: usize, target: usize, count: i32): void {
  assert(count >= 0);
  let previous: f64 = NaN;
  let total: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = f32At(close, t);
    const change = price - previous;
    // The direction of a market is not predictable, so it is no branch.
    const sign = (((change > 0.0) as i32) - ((change < 0.0) as i32)) as f64;
    total = totalNext(total, isNaN<f64>(change) ? NaN : sign * f32At(volume, t));
    putF32(target, t, total);
    previous = price;
  }
}

/**
 * Chaikin money flow: sum of the changes of the accumulation line over sum of volume, both over `window`. As changes of
 * a running line, the first value is at `window`, and a bar without range blanks the windows that touch it or the bar
 * after it. NaN while a window holds a NaN and where its volume is 0. Needs 3 scratch series.
 */
export function chaikinMoneyFlow(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const changes = scratchSeries(scratch, 0, count);
  const volumes = scratchSeries(scratch, 1, count);
  const ratio = scratchSeries(scratch, 2, count);
  let previous: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const total = totalNext(previous, moneyFlowVolume(high, low, close, volume, t));
    putF64(changes, t, total - previous);
    previous = total;
  }
  widen(volume, volumes, count);
  rollingRatio(changes, volumes, ratio, count, window);
  roundSeries(ratio, target, count);
}

/**
 * Money flow index: `100 - 100 / (1 + p / n)`, where `p` and `n` sum `typical price * volume` over the bars of `window`
 * on which the typical price rose and fell; 100 where `n` is 0. First value at `window`. NaN while the window holds a
 * NaN or the bar after it. Needs 4 scratch series.
 */
export function moneyFlowIndex(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const rising = scratchSeries(scratch, 0, count);
  const falling = scratchSeries(scratch, 1, count);
  const risingSum = scratchSeries(scratch, 2, count);
  const fallingSum = scratchSeries(scratch, 3, count);
  let previous: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = typicalPrice(high, low, close, t);
    const flow = price * f32At(volume, t);
    const missing = isNaN<f64>(flow) || isNaN<f64>(previous);
    putF64(rising, t, missing ? NaN : price > previous ? flow : 0.0);
    putF64(falling, t, missing ? NaN : price < previous ? flow : 0.0);
    previous = price;
  }
  rollingSum(rising, risingSum, count, window);
  rollingSum(falling, fallingSum, count, window);
  for (let t = 0; t < count; t++) putF32(target, t, flowIndex(f64At(risingSum, t), f64At(fallingSum, t)));
}

/** The sums are running ones: what rounding left in them may be negative and make a denominator 0. */
function flowIndex(rising: f64, falling: f64): f64 {
  if (falling == 0.0) return 100.0;
  const ratio = 1.0 + rising / falling;
  return ratio == 0.0 ? NaN : 100.0 - 100.0 / ratio;
}

/**
 * Rolling volume-weighted average of the typical price over `window`, not anchored to sessions. First value at
 * `window - 1`. NaN while the window holds a NaN and where its volume is 0. Needs 3 scratch series.
 */
export function vwap(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const average = scratchSeries(scratch, 2, count);
  fillVwap(high, low, close, volume, scratch, count, window);
  roundSeries(average, target, count);
}

/**
 * Upper band `vwap + multiplier * deviation`: the deviation over `window` of the typical price from the {@link vwap} of
 * its own bar. First value at `2 * window - 2`. NaN while a NaN is in reach. Needs 3 scratch series.
 */
export function vwapDeviation(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  multiplier: f64,
): void {
  assert(count >= 0 && window >= 1);
  const distances = scratchSeries(scratch, 0, count);
  const deviation = scratchSeries(scratch, 1, count);
  const average = scratchSeries(scratch, 2, count);
  fillVwap(high, low, close, volume, scratch, count, window);
  for (let t = 0; t < count; t++) {
    putF64(distances, t, typicalPrice(high, low, close, t) - f64At(average, t));
  }
  rollingDeviation(distances, deviation, count, window);
  for (let t = 0; t < count; t++) putF32(target, t, f64At(average, t) + multiplier * f64At(deviation, t));
}

/** Fills the third of three scratch series with the volume-weighted average price. */
function fillVwap(
  high: usize,
  low: usize,
  close: usize,
  volume: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  const turnover = scratchSeries(scratch, 0, count);
  const volumes = scratchSeries(scratch, 1, count);
  for (let t = 0; t < count; t++) {
    putF64(turnover, t, typicalPrice(high, low, close, t) * f32At(volume, t));
  }
  widen(volume, volumes, count);
  rollingRatio(turnover, volumes, scratchSeries(scratch, 2, count), count, window);
}

/** NaN for a bar without range. */
function moneyFlowVolume(high: usize, low: usize, close: usize, volume: usize, index: i32): f64 {
  const top = f32At(high, index);
  const bottom = f32At(low, index);
  const last = f32At(close, index);
  if (top == bottom) return NaN;
  return ((last - bottom) - (top - last)) / (top - bottom) * f32At(volume, index);
}

function totalNext(total: f64, step: f64): f64 {
  return isNaN<f64>(total) ? step : total + step;
}

function typicalPrice(high: usize, low: usize, close: usize, index: i32): f64 {
  return (f32At(high, index) + f32At(low, index) + f32At(close, index)) / 3.0;
}
