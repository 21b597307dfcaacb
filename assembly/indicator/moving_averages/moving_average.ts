import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import {
  averageNext,
  emaWeight,
  roundSeries,
  scratchSeries,
  widen,
  wilderWeight,
} from "../blocks/rolling.ts";
import { rollingRatio } from "../blocks/rolling_ratio.ts";
import { weightedAverage, windowSums } from "../blocks/window_sums.ts";

/**
 * Simple moving average over `window`: {@link windowSums} divided by it. First value at `window - 1`. NaN while the window holds a NaN; also the middle Bollinger band. Needs 1 scratch series.
 */
export function sma(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  windowSums<f32>(source, target, count, window, scratch, window as f64);
}

/**
 * Exponential moving average, `a = 2 / (window + 1)`, seeded with the first valid bar. First value at 0. NaN at a NaN,
 * re-seeded by the next valid bar.
 */
export function ema(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  average(source, target, count, emaWeight(window));
}

/** Wilder's moving average: {@link ema} with `a = 1 / window`. */
export function rma(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  average(source, target, count, wilderWeight(window));
}

function average(source: usize, target: usize, count: i32, weight: f64): void {
  let e: f64 = NaN;
  for (let t = 0; t < count; t++) {
    e = averageNext(e, f32At(source, t), weight);
    putF32(target, t, e);
  }
}

/**
 * Double exponential average `2 * e1 - e2`, where `e1` is the EMA of the source and `e2` that of `e1`. First value at
 * 0. NaN at a NaN, re-seeded by the next valid bar.
 */
export function dema(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const weight = emaWeight(window);
  let e1: f64 = NaN;
  let e2: f64 = NaN;
  for (let t = 0; t < count; t++) {
    e1 = averageNext(e1, f32At(source, t), weight);
    e2 = averageNext(e2, e1, weight);
    putF32(target, t, 2.0 * e1 - e2);
  }
}

/**
 * Triple exponential average `(3 * e1 - 3 * e2) + e3`, each EMA taken of the one before. First value at 0. NaN at a
 * NaN, re-seeded by the next valid bar.
 */
export function tema(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const weight = emaWeight(window);
  let e1: f64 = NaN;
  let e2: f64 = NaN;
  let e3: f64 = NaN;
  for (let t = 0; t < count; t++) {
    e1 = averageNext(e1, f32At(source, t), weight);
    e2 = averageNext(e2, e1, weight);
    e3 = averageNext(e3, e2, weight);
    putF32(target, t, (3.0 * e1 - 3.0 * e2) + e3);
  }
}

/**
 * Zero-lag exponential average: EMA of `x + (x - x[t - lag])` with `lag = (window - 1) / 2` rounded down. First value
 * at `lag`. NaN at a NaN and `lag` bars after it, re-seeded by the next bar with both values.
 */
export function zlema(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const weight = emaWeight(window);
  const lag = (window - 1) >> 1;
  let e: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    const adjusted = t >= lag ? value + (value - f32At(source, t - lag)) : NaN;
    e = averageNext(e, adjusted, weight);
    putF32(target, t, e);
  }
}

/**
 * Linearly weighted average, the newest bar weighing `window`, the oldest 1. First value at `window - 1`. NaN while the
 * window holds a NaN. Needs 3 scratch series.
 */
export function wma(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const weighted = scratchSeries(scratch, 1, count);
  widen(source, values, count);
  weightedAverage(values, weighted, count, window, scratchSeries(scratch, 2, count));
  roundSeries(weighted, target, count);
}

/**
 * Hull average: weighted average over `sqrt(window)` bars of `2 * WMA(window / 2) - WMA(window)`, all spans rounded
 * down. First value at `window - 1 + sqrt(window) - 1`. NaN while a NaN is in reach. Needs 4 scratch series.
 */
export function hma(source: usize, target: usize, scratch: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 0, count);
  const short = scratchSeries(scratch, 1, count);
  const long = scratchSeries(scratch, 2, count);
  const tails = scratchSeries(scratch, 3, count);
  widen(source, values, count);
  weightedAverage(values, short, count, max<i32>(1, window >> 1), tails);
  weightedAverage(values, long, count, window, tails);
  for (let t = 0; t < count; t++) putF64(values, t, 2.0 * f64At(short, t) - f64At(long, t));
  weightedAverage(values, short, count, max<i32>(1, Math.sqrt(window as f64) as i32), tails);
  roundSeries(short, target, count);
}

/**
 * Volume-weighted average of the close: `sum(close * volume) / sum(volume)` over `window`. First value at `window - 1`.
 * NaN while the window holds a NaN and where its volume is 0. Needs 5 scratch series.
 */
export function vwma(
  close: usize,
  volume: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const turnover = scratchSeries(scratch, 0, count);
  const volumes = scratchSeries(scratch, 1, count);
  const ratio = scratchSeries(scratch, 2, count);
  for (let t = 0; t < count; t++) putF64(turnover, t, f32At(close, t) * f32At(volume, t));
  widen(volume, volumes, count);
  rollingRatio(turnover, volumes, ratio, count, window, scratchSeries(scratch, 3, count));
  roundSeries(ratio, target, count);
}
