import { f32LanesAt, wordsOf } from "../memory.ts";
import { finiteLanes, laneBits, putWords } from "./mask_word.ts";

/** Long where `series > 0`, short where `series < 0`. */
export function sign(series: usize, start: i32, bars: i32, longMask: usize, shortMask: usize): void {
  beyond(series, start, bars, 0 as f32, 0 as f32, longMask, shortMask);
}

/** Long where `series > f32(center + distance)`, short where `series < f32(center - distance)`. */
export function thresholdCentered(
  series: usize,
  start: i32,
  bars: i32,
  center: f64,
  distance: f64,
  longMask: usize,
  shortMask: usize,
): void {
  beyond(series, start, bars, (center + distance) as f32, (center - distance) as f32, longMask, shortMask);
}

/**
 * Thresholds rounded to f32, equality counts. With `longThreshold <= shortThreshold` long where
 * `series <= longThreshold` and short where `series >= shortThreshold`; else both comparisons turn around.
 */
export function thresholdBand(
  series: usize,
  start: i32,
  bars: i32,
  longThreshold: f64,
  shortThreshold: f64,
  longMask: usize,
  shortMask: usize,
): void {
  if (longThreshold <= shortThreshold) {
    atOrBeyond(series, start, bars, longThreshold as f32, shortThreshold as f32, longMask, shortMask);
  } else {
    atOrBeyond(series, start, bars, shortThreshold as f32, longThreshold as f32, shortMask, longMask);
  }
}

function beyond(
  series: usize,
  start: i32,
  bars: i32,
  high: f32,
  low: f32,
  aboveMask: usize,
  belowMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const highs = f32x4.splat(high);
  const lows = f32x4.splat(low);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let above: u64 = 0;
    let below: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const x = f32LanesAt(series, start + (word << 6) + bit);
      const usable = finiteLanes(x);
      above |= laneBits(v128.and(f32x4.gt(x, highs), usable), bit);
      below |= laneBits(v128.and(f32x4.lt(x, lows), usable), bit);
    }
    putWords(aboveMask, belowMask, word, above, below, bars);
  }
}

function atOrBeyond(
  series: usize,
  start: i32,
  bars: i32,
  low: f32,
  high: f32,
  belowMask: usize,
  aboveMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let below: u64 = 0;
    let above: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const x = f32LanesAt(series, start + (word << 6) + bit);
      const usable = finiteLanes(x);
      below |= laneBits(v128.and(f32x4.le(x, lows), usable), bit);
      above |= laneBits(v128.and(f32x4.ge(x, highs), usable), bit);
    }
    putWords(belowMask, aboveMask, word, below, above, bars);
  }
}
