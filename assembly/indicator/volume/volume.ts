import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import { roundSeries, scratchSeries, widen } from "../blocks/rolling.ts";
import { rollingRatio } from "../blocks/rolling_ratio.ts";
import { rollingDeviation, rollingSum } from "../blocks/window_sums.ts";

/**
 * Accumulation/distribution line: running total, from 0 before the first bar, of `((c - l) - (h - c)) / (h - l) * v`,
 * which is 0 on a bar without range. First value at 0. A bar with a NaN is NaN and adds nothing; the total goes on. Marc
 * Chaikin.
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
  let total: f64 = 0;
  for (let t = 0; t < count; t++) {
    const flow = moneyFlowVolume(high, low, close, volume, t);
    const known = !isNaN<f64>(flow);
    if (known) total += flow;
    putF32(target, t, known ? total : NaN);
  }
}

/**
 * On-balance volume: running total of the volume, signed like the change of the close from the last known one; 0 on the
 * first known bar. First value at 0. A bar without close or volume is NaN and adds nothing; the total goes on. Joseph
 * Granville, 1963.
 */
export function onBalanceVolume(close: usize, volume: usize, target: usize, count: i32): void {
  assert(count >= 0);
  let previous: f64 = NaN;
  let total: f64 = 0;
  for (let t = 0; t < count; t++) {
    const price = f32At(close, t);
    const size = f32At(volume, t);
    if (isNaN<f64>(price) || isNaN<f64>(size)) {
      putF32(target, t, NaN);
      continue;
    }
    // The direction of a market is not predictable, so it is no branch; the first bar has no change and adds 0.
    total += (((price > previous) as i32) - ((price < previous) as i32)) as f64 * size;
    putF32(target, t, total);
    previous = price;
  }
}

/**
 * Chaikin money flow: sum of `((c - l) - (h - c)) / (h - l) * v`, 0 on a bar without range, over sum of `v`, both over
 * `window`; -1 to 1. First value at `window - 1`. NaN while the window holds a NaN and where its volume is 0. Needs 5
 * scratch series.
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
  const flows = scratchSeries(scratch, 0, count);
  const volumes = scratchSeries(scratch, 1, count);
  const ratio = scratchSeries(scratch, 2, count);
  for (let t = 0; t < count; t++) putF64(flows, t, moneyFlowVolume(high, low, close, volume, t));
  widen(volume, volumes, count);
  rollingRatio(flows, volumes, ratio, count, window, scratchSeries(scratch, 3, count));
  roundSeries(ratio, target, count);
}

/**
 * Money flow index: `100 * p / (p + n)`, where `p` and `n` sum `typical price * volume` over the bars of `window` on which
 * the typical price rose and fell; 0 to 100. First value at `window`. NaN while the window holds a NaN or the bar after
 * it, and where there is no flow. Needs 5 scratch series. Gene Quong and Avrum Soudack, 1989.
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
  const tails = scratchSeries(scratch, 4, count);
  let previous: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = typicalPrice(high, low, close, t);
    const flow = price * f32At(volume, t);
    const missing = isNaN<f64>(flow) || isNaN<f64>(previous);
    putF64(rising, t, missing ? NaN : price > previous ? flow : 0.0);
    putF64(falling, t, missing ? NaN : price < previous ? flow : 0.0);
    previous = price;
  }
  rollingSum(rising, risingSum, count, window, tails);
  rollingSum(falling, fallingSum, count, window, tails);
  for (let t = 0; t < count; t++) {
    const flow = f64At(risingSum, t) + f64At(fallingSum, t);
    putF32(target, t, flow == 0.0 ? NaN : 100.0 * (f64At(risingSum, t) / flow));
  }
}

/**
 * Rolling volume-weighted average of the typical price over `window`, not anchored to sessions. First value at
 * `window - 1`. NaN while the window holds a NaN and where its volume is 0. Needs 5 scratch series.
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
 * its own bar. First value at `2 * window - 2`. NaN while a NaN is in reach. Needs 5 scratch series.
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
  rollingDeviation(distances, deviation, count, window, scratchSeries(scratch, 3, count));
  for (let t = 0; t < count; t++) putF32(target, t, f64At(average, t) + multiplier * f64At(deviation, t));
}

/** Fills the third of five scratch series with the volume-weighted average price; the others are overwritten. */
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
  const average = scratchSeries(scratch, 2, count);
  rollingRatio(turnover, volumes, average, count, window, scratchSeries(scratch, 3, count));
}

/** `((c - l) - (h - c)) / (h - l) * v`, 0 for a bar without range, NaN for one with a NaN. */
function moneyFlowVolume(high: usize, low: usize, close: usize, volume: usize, index: i32): f64 {
  const top = f32At(high, index);
  const bottom = f32At(low, index);
  const last = f32At(close, index);
  const place = ((last - bottom) - (top - last)) / (top - bottom);
  return (top == bottom && !isNaN<f64>(last) ? 0.0 : place) * f32At(volume, index);
}

function typicalPrice(high: usize, low: usize, close: usize, index: i32): f64 {
  return (f32At(high, index) + f32At(low, index) + f32At(close, index)) / 3.0;
}
