import { f32At, putF32 } from "../memory.ts";

/**
 * Simple moving average: a running sum (add the new bar, then subtract the one that left) over `window`. First value
 * at `window - 1`. NaN while the window holds a NaN; also the middle Bollinger band.
 */
export function sma(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const size = window as f64;
  let sum: f64 = 0;
  let missing = 0;
  for (let t = 0; t < count; t++) {
    const value = f32At(source, t);
    if (isNaN<f64>(value)) missing++;
    else sum += value;
    if (t >= window) {
      const old = f32At(source, t - window);
      if (isNaN<f64>(old)) missing--;
      else sum -= old;
    }
    putF32(target, t, t + 1 >= window && missing == 0 ? sum / size : NaN);
  }
}

/**
 * Exponential moving average, `a = 2 / (window + 1)`, seeded with the first valid bar. First value at 0. NaN at a NaN,
 * re-seeded by the next valid bar.
 */
export function ema(source: usize, target: usize, count: i32, window: i32): void {
  assert(count >= 0 && window >= 1);
  const weight: f64 = 2.0 / ((window as f64) + 1.0);
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    average = emaNext(average, f32At(source, t), weight);
    putF32(target, t, average);
  }
}

/** One step of an exponential average; NaN in either place starts anew with `value`. */
export function emaNext(average: f64, value: f64, weight: f64): f64 {
  return isNaN<f64>(average) ? value : weight * value + (1.0 - weight) * average;
}
