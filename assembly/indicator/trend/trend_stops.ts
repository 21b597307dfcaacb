import { f32At, f64At, putF32 } from "../../memory.ts";
import { averageTrueRange, rollingMax, rollingMin, scratchSeries, widen } from "../blocks/rolling.ts";

// Trailing stops: levels that follow a trend from one side and turn when the price breaks them.

/**
 * Long chandelier exit: highest high minus `mult` average true ranges, both over `window`. First value at `window - 1`.
 * NaN while the window of highs holds a NaN and where the range is NaN. Needs 3 scratch series.
 */
export function chandelierExit(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  mult: f64,
): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const highest = scratchSeries(scratch, 1, count);
  const work = scratchSeries(scratch, 2, count);
  widen(high, values, count);
  rollingMax(values, highest, count, window, work);
  averageTrueRange(high, low, close, work, count, window);
  for (let t = 0; t < count; t++) putF32(target, t, f64At(highest, t) - mult * f64At(work, t));
}

/** Short chandelier exit: lowest low plus `mult` average true ranges; see {@link chandelierExit}. Needs 3 scratch series. */
export function chandelierShort(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  mult: f64,
): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const lowest = scratchSeries(scratch, 1, count);
  const work = scratchSeries(scratch, 2, count);
  widen(low, values, count);
  rollingMin(values, lowest, count, window, work);
  averageTrueRange(high, low, close, work, count, window);
  for (let t = 0; t < count; t++) putF32(target, t, f64At(lowest, t) + mult * f64At(work, t));
}

/**
 * Supertrend: the lower of two bands `(h + l) * 0.5 -+ mult * ATR(window)` below the price while the trend is up, the
 * upper one above it while it is down. A band only moves towards the price, unless the previous close was beyond it; a
 * close beyond it turns the trend. Starts upwards when the close is not below the middle. First value at 0. NaN at a NaN,
 * after which it starts anew. With `sides` the side after each bar is written instead: 1 up, -1 down. Needs 1 scratch
 * series.
 */
export function supertrend(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  mult: f64,
  sides: bool,
): void {
  assert(count >= 0 && window >= 1);
  averageTrueRange(high, low, close, scratch, count, window);
  let direction = 0;
  let upper: f64 = NaN;
  let lower: f64 = NaN;
  let previousClose: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = f32At(close, t);
    const middle = (f32At(high, t) + f32At(low, t)) * 0.5;
    const width = mult * f64At(scratch, t);
    if (isNaN<f64>(price) || isNaN<f64>(width)) {
      direction = 0;
      putF32(target, t, NaN);
      continue;
    }
    const start = direction == 0;
    if (start || middle + width < upper || previousClose > upper) upper = middle + width;
    if (start || middle - width > lower || previousClose < lower) lower = middle - width;
    if (start) direction = price >= middle ? 1 : -1;
    else if (direction > 0 && price < lower) direction = -1;
    else if (direction < 0 && price > upper) direction = 1;
    putF32(target, t, sides ? (direction as f64) : direction > 0 ? lower : upper);
    previousClose = price;
  }
}
