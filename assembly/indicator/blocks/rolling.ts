import { f32At, f64At, putF32, putF64 } from "../../memory.ts";

// The building blocks of indicators. They read and write f64 series in scratch memory, so that an indicator rounds once,
// at its end. Every block costs O(1) per bar, whatever the window.

/** Address of the `index`-th f64 series of `count` values in scratch memory. */
export function scratchSeries(scratch: usize, index: i32, count: i32): usize {
  return scratch + (index as usize) * ((count as usize) << 3);
}

/** Widens an f32 column. */
export function widen(column: usize, target: usize, count: i32): void {
  for (let t = 0; t < count; t++) putF64(target, t, f32At(column, t));
}

/** Rounds a finished series to f32. */
export function roundSeries(series: usize, target: usize, count: i32): void {
  for (let t = 0; t < count; t++) putF32(target, t, f64At(series, t));
}

/**
 * Exponential average: seeded with the first valid value, then `weight * x + (1 - weight) * average`. NaN at a NaN,
 * seeded anew by the next valid value. Source and target may be the same.
 */
export function exponentialAverage(source: usize, target: usize, count: i32, weight: f64): void {
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    average = averageNext(average, f64At(source, t), weight);
    putF64(target, t, average);
  }
}

/**
 * One step of an exponential average; NaN in either place starts anew with `value`. An average that rounding keeps from
 * coming closer to the value has come to it: on a flat stretch it ends at the price itself, and what is divided by or
 * compared with it is no residue.
 */
export function averageNext(average: f64, value: f64, weight: f64): f64 {
  const next = weight * value + (1.0 - weight) * average;
  if (next == average || value == average || isNaN<f64>(average)) return value;
  return next;
}

/** Weight of an exponential moving average of this window: `2 / (w + 1)`. */
export function emaWeight(window: i32): f64 {
  return 2.0 / ((window as f64) + 1.0);
}

/** Weight of Wilder's average of this window: `1 / w`. */
export function wilderWeight(window: i32): f64 {
  return 1.0 / (window as f64);
}

/**
 * Highest of the last `window` values. First value at `window - 1`, NaN while the window holds a NaN (a wasm maximum of
 * NaN is NaN). Source and target must differ.
 *
 * By van Herk and Gil-Werman: the series is cut into blocks of `window`; a window is the tail of one block, kept in
 * `tails` (`window` f64 values), and the head of the next, a running extreme.
 */
export function rollingMax(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  for (let block = 0; block < count; block += window) {
    let head: f64 = -Infinity;
    const length = min<i32>(window, count - block);
    for (let i = 0; i < length; i++) {
      const t = block + i;
      head = max<f64>(head, f64At(source, t));
      if (i == window - 1) putF64(target, t, head);
      else putF64(target, t, block == 0 ? NaN : max<f64>(head, f64At(tails, i + 1)));
    }
    let tail: f64 = -Infinity;
    for (let i = length - 1; i >= 0; i--) {
      tail = max<f64>(tail, f64At(source, block + i));
      putF64(tails, i, tail);
    }
  }
}

/** Lowest of the last `window` values; see {@link rollingMax}. */
export function rollingMin(source: usize, target: usize, count: i32, window: i32, tails: usize): void {
  for (let block = 0; block < count; block += window) {
    let head: f64 = Infinity;
    const length = min<i32>(window, count - block);
    for (let i = 0; i < length; i++) {
      const t = block + i;
      head = min<f64>(head, f64At(source, t));
      if (i == window - 1) putF64(target, t, head);
      else putF64(target, t, block == 0 ? NaN : min<f64>(head, f64At(tails, i + 1)));
    }
    let tail: f64 = Infinity;
    for (let i = length - 1; i >= 0; i--) {
      tail = min<f64>(tail, f64At(source, block + i));
      putF64(tails, i, tail);
    }
  }
}

/**
 * True range from f32 columns: `max(h - l, |h - c'|, |l - c'|)` with the previous close, `h - l` where there is none.
 * NaN only where high or low is.
 */
export function trueRange(high: usize, low: usize, close: usize, target: usize, count: i32): void {
  let previous: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const top = f32At(high, t);
    const bottom = f32At(low, t);
    const range = top - bottom;
    const wide = isNaN<f64>(previous)
      ? range
      : max<f64>(range, max<f64>(Math.abs(top - previous), Math.abs(bottom - previous)));
    putF64(target, t, isNaN<f64>(range) ? NaN : wide);
    previous = f32At(close, t);
  }
}

/** Average true range: Wilder's average of {@link trueRange}. First value at 0. */
export function averageTrueRange(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  count: i32,
  window: i32,
): void {
  trueRange(high, low, close, target, count);
  exponentialAverage(target, target, count, wilderWeight(window));
}
