import { f32LanesAt, insideBits, putWord, wordsOf } from "../memory.ts";

// Rules turn a series into two bit masks over the slice: bit i is bar `start + i`, bits behind the slice are 0. Columns
// are read from `start` up to COLUMN_SLACK elements past the slice. A bar whose inputs are not all finite sets neither
// bit; a bar that would set both sets neither. Comparisons are in f32.

/** Long where `price > series`, short where `price < series`. */
export function comparePrice(
  price: usize,
  series: usize,
  start: i32,
  bars: i32,
  longMask: usize,
  shortMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let above: u64 = 0;
    let below: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const t = start + (word << 6) + bit;
      const p = f32LanesAt(price, t);
      const x = f32LanesAt(series, t);
      const usable = v128.and(finite(p), finite(x));
      above |= bitsOf(v128.and(f32x4.gt(p, x), usable), bit);
      below |= bitsOf(v128.and(f32x4.lt(p, x), usable), bit);
    }
    putPair(longMask, shortMask, word, above, below, bars);
  }
}

/** Long where `series > 0`, short where `series < 0`. */
export function sign(series: usize, start: i32, bars: i32, longMask: usize, shortMask: usize): void {
  assert(start >= 0 && bars >= 0);
  const zero = f32x4.splat(0);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let above: u64 = 0;
    let below: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const x = f32LanesAt(series, start + (word << 6) + bit);
      const usable = finite(x);
      above |= bitsOf(v128.and(f32x4.gt(x, zero), usable), bit);
      below |= bitsOf(v128.and(f32x4.lt(x, zero), usable), bit);
    }
    putPair(longMask, shortMask, word, above, below, bars);
  }
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
  assert(start >= 0 && bars >= 0);
  if (longThreshold <= shortThreshold) {
    outsideBand(series, start, bars, longThreshold as f32, shortThreshold as f32, longMask, shortMask);
  } else {
    outsideBand(series, start, bars, shortThreshold as f32, longThreshold as f32, shortMask, longMask);
  }
}

function outsideBand(
  series: usize,
  start: i32,
  bars: i32,
  low: f32,
  high: f32,
  lowMask: usize,
  highMask: usize,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let below: u64 = 0;
    let above: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const x = f32LanesAt(series, start + (word << 6) + bit);
      const usable = finite(x);
      below |= bitsOf(v128.and(f32x4.le(x, lows), usable), bit);
      above |= bitsOf(v128.and(f32x4.ge(x, highs), usable), bit);
    }
    putPair(lowMask, highMask, word, below, above, bars);
  }
}

function finite(lanes: v128): v128 {
  return f32x4.lt(f32x4.abs(lanes), f32x4.splat(Infinity as f32));
}

function bitsOf(lanes: v128, shift: i32): u64 {
  return (i32x4.bitmask(lanes) as u64) << (shift as u64);
}

function putPair(a: usize, b: usize, word: i32, aBits: u64, bBits: u64, bars: i32): void {
  const keep = ~(aBits & bBits) & insideBits(word, bars);
  putWord(a, word, aBits & keep);
  putWord(b, word, bBits & keep);
}
