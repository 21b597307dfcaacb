import { PART_BODY, PART_LOWER_WICK, PART_RANGE, PART_UPPER_WICK } from "../../layout.ts";
import { f32At, f64At, putF32 } from "../../memory.ts";
import { averageTrueRange } from "../blocks/rolling.ts";

// The parts of a candle: body |close - open|, range high - low, and the wicks beyond the body. NaN where any of the
// four prices is. `part` is one of the PART codes.

/** One part of every candle in price units. First value at 0. */
export function candlePart(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  count: i32,
  part: i32,
): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    putF32(target, t, partOf(f32At(open, t), f32At(high, t), f32At(low, t), f32At(close, t), part));
  }
}

/** One part of every candle as a fraction of its range, 0 to 1; NaN where the range is 0. First value at 0. */
export function candlePartShare(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  count: i32,
  part: i32,
): void {
  assert(count >= 0);
  for (let t = 0; t < count; t++) {
    const size = partOf(f32At(open, t), f32At(high, t), f32At(low, t), f32At(close, t), part);
    putF32(target, t, quotient(size, f32At(high, t) - f32At(low, t)));
  }
}

/**
 * One part of every candle in average true ranges of `window`, which are rounded to f32 first; NaN where that is 0.
 * First value at 0. Needs 1 scratch series.
 */
export function candlePartAtr(
  open: usize,
  high: usize,
  low: usize,
  close: usize,
  target: usize,
  scratch: usize,
  count: i32,
  part: i32,
  window: i32,
): void {
  assert(count >= 0 && window >= 1);
  averageTrueRange(high, low, close, scratch, count, window);
  for (let t = 0; t < count; t++) {
    const size = partOf(f32At(open, t), f32At(high, t), f32At(low, t), f32At(close, t), part);
    putF32(target, t, quotient(size, f64At(scratch, t) as f32 as f64));
  }
}

function partOf(open: f64, high: f64, low: f64, close: f64, part: i32): f64 {
  if (isNaN<f64>(open) || isNaN<f64>(high) || isNaN<f64>(low) || isNaN<f64>(close)) return NaN;
  if (part == PART_BODY) return Math.abs(close - open);
  if (part == PART_RANGE) return high - low;
  if (part == PART_UPPER_WICK) return high - max<f64>(open, close);
  assert(part == PART_LOWER_WICK);
  return min<f64>(open, close) - low;
}

function quotient(a: f64, b: f64): f64 {
  return b == 0.0 ? NaN : a / b;
}
