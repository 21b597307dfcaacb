import { f32At, putF32 } from "../memory.ts";
import { emaNext } from "./moving_average.ts";

/**
 * MACD line: EMA(fast) - EMA(slow), subtracted in f64. First value at 0, where it is 0. NaN at a NaN, re-seeded by the
 * next valid bar.
 */
export function macd(source: usize, target: usize, count: i32, fast: i32, slow: i32): void {
  assert(count >= 0 && fast >= 1 && slow >= 1);
  const fastWeight: f64 = 2.0 / ((fast as f64) + 1.0);
  const slowWeight: f64 = 2.0 / ((slow as f64) + 1.0);
  let fastAverage: f64 = NaN;
  let slowAverage: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    fastAverage = emaNext(fastAverage, value, fastWeight);
    slowAverage = emaNext(slowAverage, value, slowWeight);
    putF32(target, t, fastAverage - slowAverage);
  }
}

/**
 * Wilder's relative strength index: `100 - 100 / (1 + gain / loss)` with averages of weight `1 / window`, seeded with
 * the first change. First value at 1. NaN at a NaN and on the bar after it, and while the market has not moved at all.
 */
export function rsi(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const weight: f64 = 1.0 / (window as f64);
  let previous: f64 = NaN;
  let gain: f64 = NaN;
  let loss: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    const change = value - previous;
    previous = value;
    if (isNaN<f64>(change)) {
      gain = NaN;
      loss = NaN;
      putF32(target, t, NaN);
      continue;
    }
    gain = emaNext(gain, change > 0.0 ? change : 0.0, weight);
    loss = emaNext(loss, change < 0.0 ? -change : 0.0, weight);
    putF32(target, t, strength(gain, loss));
  }
}

function strength(gain: f64, loss: f64): f64 {
  if (loss != 0.0) return 100.0 - 100.0 / (1.0 + gain / loss);
  return gain == 0.0 ? NaN : 100.0;
}
