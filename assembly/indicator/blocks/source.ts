import { rawF32At } from "../../memory.ts";

// Price series derived from candle columns, in f32: one rounding after each operation, left to right.

/** `(high + low) / 2`. NaN where an input is NaN. */
export function hl2(high: usize, low: usize, target: usize, count: i32): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    put(target, t, (rawF32At(high, t) + rawF32At(low, t)) / (2 as f32));
  }
}

/** `(high + low + close) / 3`. NaN where an input is NaN. */
export function hlc3(high: usize, low: usize, close: usize, target: usize, count: i32): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    put(target, t, (rawF32At(high, t) + rawF32At(low, t) + rawF32At(close, t)) / (3 as f32));
  }
}

/** `(open + high + low + close) / 4`. NaN where an input is NaN. */
export function ohlc4(open: usize, high: usize, low: usize, close: usize, target: usize, count: i32): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    const sum = rawF32At(open, t) + rawF32At(high, t) + rawF32At(low, t) + rawF32At(close, t);
    put(target, t, sum / (4 as f32));
  }
}

function put(target: usize, index: i32, value: f32): void {
  store<f32>(target + ((index as usize) << 2), value);
}
