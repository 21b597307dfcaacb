import { f32At, f64At, putF32, putF64 } from "../../memory.ts";
import { barsSinceMax } from "../blocks/bars_since.ts";
import { channelMiddle } from "../blocks/channel.ts";
import {
  averageNext,
  averageTrueRange,
  emaWeight,
  roundSeries,
  scratchSeries,
  widen,
} from "../blocks/rolling.ts";

/**
 * Middle of the Donchian channel: `(highest high + lowest low) * 0.5` over `window`. First value at `window - 1`. NaN
 * while the window holds a NaN. Needs 4 scratch series.
 */
export function donchian(
  high: usize,
  low: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  channelMiddle(high, low, scratch, count, window);
  roundSeries(scratch, target, count);
}

/**
 * Ichimoku's leading span A, `(conversion + base) * 0.5`, each the middle of the highest high and the lowest low of its
 * window, taken from `shift` bars later. A positive shift reads the future and leaves the last `shift` bars NaN; a
 * negative one shows what was known `-shift` bars ago. First value at `max(0, max(conversion, base) - 1 - shift)`. NaN
 * while a window holds a NaN. Needs 5 scratch series.
 */
export function ichimoku(
  high: usize,
  low: usize,
  target: usize,
  scratch: usize,
  count: i32,
  conversion: i32,
  base: i32,
  shift: i32,
): void {
  assert(count >= 0 && conversion >= 1 && base >= 1);
  const bases = scratchSeries(scratch, 4, count);
  channelMiddle(high, low, scratch, count, base);
  for (let t = 0; t < count; t++) putF64(bases, t, f64At(scratch, t));
  channelMiddle(high, low, scratch, count, conversion);
  for (let t = 0; t < count; t++) {
    const from = t + shift;
    const known = from >= 0 && from < count;
    putF32(target, t, known ? (f64At(scratch, from) + f64At(bases, from)) * 0.5 : NaN);
  }
}

/**
 * Middle line of the Keltner channel: exponential average of the typical price `(h + l + c) / 3`, `a = 2 / (window +
 * 1)`. First value at 0. NaN at a NaN, re-seeded by the next valid bar.
 */
export function keltner(
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const weight = emaWeight(window);
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = (f32At(high, t) + f32At(low, t) + f32At(close, t)) / 3.0;
    average = averageNext(average, price, weight);
    putF32(target, t, average);
  }
}

/**
 * Band of the Keltner channel: {@link keltner} plus `mult` average true ranges over `window`; a negative `mult` gives the
 * lower one. First value at 0. NaN where either part is. Needs 1 scratch series.
 */
export function keltnerBand(
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
  averageTrueRange(high, low, close, scratch, count, window);
  const weight = emaWeight(window);
  let average: f64 = NaN;
  for (let t = 0; t < count; t++) {
    const price = (f32At(high, t) + f32At(low, t) + f32At(close, t)) / 3.0;
    average = averageNext(average, price, weight);
    putF32(target, t, average + mult * f64At(scratch, t));
  }
}

/**
 * Aroon up of the highs, or with `down` Aroon down of the lows: `100 * (w - bars since the extreme) / w` over the last
 * `w + 1` bars, `w = window`, the most recent one of equals. First value at `window`. NaN while these bars hold a NaN.
 * Needs 3 scratch series.
 */
export function aroonLine(
  column: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
  down: bool,
): void {
  assert(count >= 0 && window >= 1);
  const values = scratchSeries(scratch, 1, count);
  const size = window as f64;
  for (let t = 0; t < count; t++) putF64(values, t, down ? -f32At(column, t) : f32At(column, t));
  barsSinceMax(values, scratch, count, window + 1, scratchSeries(scratch, 2, count));
  for (let t = 0; t < count; t++) putF32(target, t, 100.0 * (size - f64At(scratch, t)) / size);
}

/**
 * Aroon oscillator: up minus down over the last `w + 1` bars, `w = window`, where up is `100 * (w - bars since the highest
 * high) / w`, the most recent one of equals, and down the same of the lowest low. First value at `window`. NaN while these
 * bars hold a NaN. Needs 4 scratch series. Tushar Chande, 1995.
 */
export function aroon(
  high: usize,
  low: usize,
  target: usize,
  scratch: usize,
  count: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  const sinceHigh = scratchSeries(scratch, 0, count);
  const sinceLow = scratchSeries(scratch, 1, count);
  const values = scratchSeries(scratch, 2, count);
  const candidates = scratchSeries(scratch, 3, count);
  const size = window as f64;
  widen(high, values, count);
  barsSinceMax(values, sinceHigh, count, window + 1, candidates);
  for (let t = 0; t < count; t++) putF64(values, t, -f32At(low, t));
  barsSinceMax(values, sinceLow, count, window + 1, candidates);
  for (let t = 0; t < count; t++) {
    const up = 100.0 * (size - f64At(sinceHigh, t)) / size;
    const down = 100.0 * (size - f64At(sinceLow, t)) / size;
    putF32(target, t, up - down);
  }
}
