import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import { freshDistances, freshSum } from "../blocks/fresh_sums.ts";
import { averageNext, emaWeight, roundSeries, scratchSeries, wilderWeight } from "../blocks/rolling.ts";

/**
 * Rate of change: `100 * (x[t] / x[t - window] - 1)`. First value at `window`. NaN where either end is NaN or the old
 * one is 0.
 */
export function roc(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  for (let t = 0; t < count; t++) {
    const old = t < window ? NaN : f32At(source, t - window);
    putF32(target, t, growth(f32At(source, t), old));
  }
}

/**
 * Growth of a triple exponential average: `100 * (e3[t] / e3[t - 1] - 1)`. First value at 1. NaN at a NaN and on the
 * bar after it, and where the old average is 0.
 */
export function trix(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const weight = emaWeight(window);
  let first: f64 = NaN;
  let second: f64 = NaN;
  let third: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const old = third;
    first = averageNext(first, f32At(source, t), weight);
    second = averageNext(second, first, weight);
    third = averageNext(third, second, weight);
    putF32(target, t, growth(third, old));
  }
}

/**
 * MACD line: EMA(fast) - EMA(slow), subtracted in f64. First value at 0, where it is 0. NaN at a NaN, re-seeded by the
 * next valid bar.
 */
export function macd(source: usize, target: usize, count: i32, fast: i32, slow: i32): void {
  assert(count >= 0 && fast >= 1 && slow >= 1);
  const fastWeight = emaWeight(fast);
  const slowWeight = emaWeight(slow);
  let fastAverage: f64 = NaN;
  let slowAverage: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    fastAverage = averageNext(fastAverage, value, fastWeight);
    slowAverage = averageNext(slowAverage, value, slowWeight);
    putF32(target, t, fastAverage - slowAverage);
  }
}

/**
 * Percentage price oscillator: `100 * ((EMA(fast) - EMA(slow)) / EMA(slow))`. First value at 0, where it is 0. NaN at a
 * NaN, re-seeded by the next valid bar, and where the slow average is 0.
 */
export function ppo(source: usize, target: usize, count: i32, fast: i32, slow: i32): void {
  assert(count >= 0 && fast >= 1 && slow >= 1);
  const fastWeight = emaWeight(fast);
  const slowWeight = emaWeight(slow);
  let fastAverage: f64 = NaN;
  let slowAverage: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    fastAverage = averageNext(fastAverage, value, fastWeight);
    slowAverage = averageNext(slowAverage, value, slowWeight);
    const share = (fastAverage - slowAverage) / slowAverage;
    putF32(target, t, slowAverage == 0.0 ? NaN : 100.0 * share);
  }
}

/** Signal line of {@link trix}: its exponential average over `signal` bars, from the unrounded values. First value at 1. */
export function trixSignal(source: usize, target: usize, count: i32, window: i32, signal: i32): void {
  assert(count >= 0 && window >= 1 && signal >= 1);
  const weight = emaWeight(window);
  const signalWeight = emaWeight(signal);
  let first: f64 = NaN;
  let second: f64 = NaN;
  let third: f64 = NaN;
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const old = third;
    first = averageNext(first, f32At(source, t), weight);
    second = averageNext(second, first, weight);
    third = averageNext(third, second, weight);
    average = averageNext(average, growth(third, old), signalWeight);
    putF32(target, t, average);
  }
}

/**
 * Signal line of {@link macd}, or of {@link ppo} with `percent`: the exponential average of the unrounded line over
 * `signal` bars; with `histogram` the line minus it. First value at 0.
 */
export function fastSlowSignal(
  source: usize,
  target: usize,
  count: i32,
  fast: i32,
  slow: i32,
  signal: i32,
  percent: bool,
  histogram: bool,
): void {
  assert(count >= 0 && fast >= 1 && slow >= 1 && signal >= 1);
  const fastWeight = emaWeight(fast);
  const slowWeight = emaWeight(slow);
  const signalWeight = emaWeight(signal);
  let fastAverage: f64 = NaN;
  let slowAverage: f64 = NaN;
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    fastAverage = averageNext(fastAverage, value, fastWeight);
    slowAverage = averageNext(slowAverage, value, slowWeight);
    const distance = fastAverage - slowAverage;
    const share = slowAverage == 0.0 ? NaN : 100.0 * (distance / slowAverage);
    const line = percent ? share : distance;
    average = averageNext(average, line, signalWeight);
    putF32(target, t, histogram ? line - average : average);
  }
}

/**
 * Wilder's relative strength index: `100 - 100 / (1 + gain / loss)` with averages of weight `1 / window`, seeded with
 * the first change. First value at 1. NaN at a NaN and on the bar after it, and while the market has not moved at all. A
 * bar without a change lets both averages fade alike, so it has exactly the value before it. Needs 1 scratch series.
 */
export function rsi(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  relativeStrength(source, scratch, count, window);
  roundSeries(scratch, target, count);
}

/** {@link rsi} as an f64 series. */
export function relativeStrength(source: usize, target: usize, count: i32, window: i32): void {
  const weight = wilderWeight(window);
  let previous: f64 = NaN;
  let gain: f64 = NaN;
  let loss: f64 = NaN;
  let relative: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    const change = value - previous;
    previous = value;
    if (isNaN<f64>(change)) {
      gain = NaN;
      loss = NaN;
      relative = NaN;
      putF64(target, t, NaN);
      continue;
    }
    gain = averageNext(gain, change > 0.0 ? change : 0.0, weight);
    loss = averageNext(loss, change < 0.0 ? -change : 0.0, weight);
    if (change != 0.0) relative = strength(gain, loss);
    putF64(target, t, relative);
  }
}

/**
 * Commodity channel index of the typical price `p = (h + l + c) / 3`: `(p - m) / (0.015 * d)` with the window's mean `m`
 * and mean distance `d = mean(|p - m|)` from that same mean. First value at `window - 1`. NaN while the window holds a
 * NaN and where all its prices are equal, told by comparison: the rounded mean of equal prices need not be one of them.
 * Needs 3 scratch series.
 *
 * Costs O(window) per bar: every distance changes when the mean moves, and the typical price fills all bits of an f64,
 * so only sums made anew round as the definition's do.
 */
export function cci(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const prices = scratchSeries(scratch, 0, count);
  const means = scratchSeries(scratch, 1, count);
  const distances = scratchSeries(scratch, 2, count);
  const size = window as f64;
  for (let t = 0; t < count; t++) {
    putF64(prices, t, (f32At(high, t) + f32At(low, t) + f32At(close, t)) / 3.0);
  }
  freshSum(prices, means, count, window);
  for (let t = 0; t < count; t++) putF64(means, t, f64At(means, t) / size);
  freshDistances(prices, means, distances, count, window);
  let previous: f64 = NaN;
  let equal = 0;
  for (let t = 0; t < count; t++) {
    const price = f64At(prices, t);
    equal = price == previous ? equal + 1 : 1;
    previous = price;
    const scale = 0.015 * (f64At(distances, t) / size);
    putF32(target, t, equal >= window || scale == 0.0 ? NaN : (price - f64At(means, t)) / scale);
  }
}

function growth(value: f64, old: f64): f64 {
  return old == 0.0 ? NaN : 100.0 * (value / old - 1.0);
}

function strength(gain: f64, loss: f64): f64 {
  if (loss != 0.0) return 100.0 - 100.0 / (1.0 + gain / loss);
  return gain == 0.0 ? NaN : 100.0;
}
