import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import { rollingChannel } from "../blocks/channel.ts";
import { relativeStrength } from "./momentum.ts";
import { rollingMax, rollingMin, roundSeries, scratchSeries, widen } from "../blocks/rolling.ts";
import { rollingMean } from "../blocks/window_sums.ts";

// Oscillators that say where a value lies in its recent range.

/**
 * Williams %R: `-100 * ((H - c) / (H - L))` with the highest high and the lowest low of `window`. First value at
 * `window - 1`. NaN while the window holds a NaN, where the close is NaN and where the range is 0. Needs 4 scratch
 * series.
 */
export function williamsR(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  rollingChannel(high, low, scratch, count, window);
  const lowest = scratchSeries(scratch, 1, count);
  for (let t = 0; t < count; t++) {
    const top = f64At(scratch, t);
    const range = top - f64At(lowest, t);
    // A difference, so that a close at the top is 0 and not -0.
    putF32(target, t, range == 0.0 ? NaN : 0.0 - 100.0 * ((top - f32At(close, t)) / range));
  }
}

/**
 * Fisher transform `0.5 * ln((1 + n) / (1 - n))` of the middle price `(h + l) * 0.5`, scaled to -1..1 within the highest
 * high and the lowest low of `window` and cut at 0.999. First value at `window - 1`. NaN while the window holds a NaN
 * and where the range is 0. Needs 4 scratch series.
 */
export function fisher(
  high: usize,
  low: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  rollingChannel(high, low, scratch, count, window);
  const lowest = scratchSeries(scratch, 1, count);
  for (let t = 0; t < count; t++) {
    const bottom = f64At(lowest, t);
    const range = f64At(scratch, t) - bottom;
    const price = (f32At(high, t) + f32At(low, t)) * 0.5;
    const place = 2.0 * ((price - bottom) / range) - 1.0;
    const cut = max<f64>(-0.999, min<f64>(0.999, place));
    putF32(target, t, range == 0.0 ? NaN : 0.5 * Math.log((1.0 + cut) / (1.0 - cut)));
  }
}

/**
 * Stochastic %K: the mean over `smoothing` of `100 * ((c - L) / (H - L))`, with the highest high and the lowest
 * low of `window`. First value at `window + smoothing - 2`. NaN while a window holds a NaN; a bar without range counts
 * as one. Needs 4 scratch series.
 */
export function stochastic(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  smoothing: i32,
): void {
  assert(count >= 0 && window >= 1 && smoothing >= 1);
  rollingChannel(high, low, scratch, count, window);
  const values = scratchSeries(scratch, 2, count);
  widen(close, values, count);
  smoothPlaces(values, target, scratch, count, smoothing);
}

/** Stochastic %D: the mean over `signal` of the unrounded {@link stochastic}. Needs 4 scratch series. */
export function stochasticSignal(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  smoothing: i32,
  signal: i32,
): void {
  stochastic(high, low, close, target, scratch, count, window, smoothing);
  averagePlaces(target, scratch, count, signal);
}

/**
 * Stochastic %K of the relative strength index: its place within its own extremes over `window`, as in
 * {@link stochastic}. First value at `window + smoothing - 1`. NaN while a window holds a NaN of the index, which has
 * none in a flat market. Needs 4 scratch series.
 */
export function stochasticRsi(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  rsiWindow: i32,
  window: i32,
  smoothing: i32,
): void {
  assert(count >= 0 && rsiWindow >= 1 && window >= 1 && smoothing >= 1);
  const values = scratchSeries(scratch, 2, count);
  const tails = scratchSeries(scratch, 3, count);
  relativeStrength(source, values, count, rsiWindow);
  rollingMax(values, scratch, count, window, tails);
  rollingMin(values, scratchSeries(scratch, 1, count), count, window, tails);
  smoothPlaces(values, target, scratch, count, smoothing);
}

/** Stochastic %D of the relative strength index: the mean over `signal` of the unrounded {@link stochasticRsi}. */
export function stochasticRsiSignal(
  source: usize,
  target: usize,
  scratch: usize,
  count: i32,
  rsiWindow: i32,
  window: i32,
  smoothing: i32,
  signal: i32,
): void {
  stochasticRsi(source, target, scratch, count, rsiWindow, window, smoothing);
  averagePlaces(target, scratch, count, signal);
}

/** Mean over `window` of what {@link smoothPlaces} left in the first scratch series. */
function averagePlaces(target: usize, scratch: usize, count: i32, window: i32): void {
  assert(window >= 1);
  const means = scratchSeries(scratch, 1, count);
  rollingMean(scratch, means, count, window, scratchSeries(scratch, 3, count));
  roundSeries(means, target, count);
}

/**
 * Mean over `smoothing` of where the values lie between the lowest (second scratch series) and the highest
 * (first), 0 to 100; it is left unrounded in the first. The values (third) and the fourth series are overwritten.
 */
function smoothPlaces(
  values: usize,
  target: usize,
  scratch: usize,
  count: i32,
  smoothing: i32,
): void {
  const lowest = scratchSeries(scratch, 1, count);
  for (let t = 0; t < count; t++) {
    const bottom = f64At(lowest, t);
    const range = f64At(scratch, t) - bottom;
    putF64(values, t, range == 0.0 ? NaN : 100.0 * ((f64At(values, t) - bottom) / range));
  }
  rollingMean(values, scratch, count, smoothing, scratchSeries(scratch, 3, count));
  roundSeries(scratch, target, count);
}
