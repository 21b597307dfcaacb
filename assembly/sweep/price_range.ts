import { bytesOf, f32At, f32LanesAt, putF32, wordsOf } from "../memory.ts";

/** Bars of one block. */
const BLOCK_BITS = 6;
const BLOCK_MASK = 63;

/** Price ranges of 1, 2, 4 .. 32 closes. */
const RANGE_LEVELS = 6;

/**
 * Writes the lowest and the highest close of every 64 bars, one f32 behind the other, the last block possibly of fewer
 * bars. NaN where a close of the block is NaN. `blocks` has room for two values per block.
 */
export function writePriceBlocks(close: usize, bars: i32, blocks: usize): void {
  const count = wordsOf(bars);
  for (let block = 0; block < count; block++) {
    const from = block << BLOCK_BITS;
    const to = min<i32>(from + BLOCK_MASK + 1, bars);
    let low: f64 = Infinity;
    let high: f64 = -Infinity;
    for (let t = from; t < to; t++) {
      const price = f32At(close, t);
      low = min<f64>(low, price);
      high = max<f64>(high, price);
    }
    putF32(blocks, 2 * block, low);
    putF32(blocks, 2 * block + 1, high);
  }
}

/**
 * Lowest and highest close of bars `[from, to)` as two f64 lanes; NaN in both when one of them is NaN, infinite the
 * wrong way round without bars.
 *
 * Whole blocks inside the range are read from `blocks`, which is a column like any other: each value in it is a close,
 * and the extremes of its closes are those of the bars.
 */
export function priceRange(close: usize, blocks: usize, from: i32, to: i32): v128 {
  const firstWhole = min<i32>(to, blockUp(from));
  const lastWhole = max<i32>(firstWhole, to & ~BLOCK_MASK);
  let lows = f32x4.splat(Infinity as f32);
  let highs = f32x4.splat(-Infinity as f32);
  for (let piece = 0; piece < 3; piece++) {
    const column = piece == 1 ? blocks : close;
    let i = piece == 0 ? from : piece == 1 ? firstWhole >> (BLOCK_BITS - 1) : lastWhole;
    const end = piece == 0 ? firstWhole : piece == 1 ? lastWhole >> (BLOCK_BITS - 1) : to;
    for (; i + 4 <= end; i += 4) {
      const prices = f32LanesAt(column, i);
      lows = f32x4.min(lows, prices);
      highs = f32x4.max(highs, prices);
    }
    for (; i < end; i++) {
      const price = f32x4.splat(f32At(column, i) as f32);
      lows = f32x4.min(lows, price);
      highs = f32x4.max(highs, price);
    }
  }
  return f64x2(lowestLane(lows), highestLane(highs));
}

/** Bytes of the price blocks of that many bars. */
export function blockBytes(bars: i32): f64 {
  return bytesOf(wordsOf(bars), 8);
}

/** Bytes of the price ranges of that many bars. */
export function rangeBytes(bars: i32): f64 {
  return bytesOf(bars, 8 * RANGE_LEVELS);
}

/**
 * Writes the extremes of the 1, 2, 4 .. 32 closes from every bar on, level by level: the lowest, and the highest with
 * its sign changed, so that both are minima. Where a close is missing they are infinite.
 */
export function writePriceRanges(close: usize, bars: i32, ranges: usize): void {
  for (let t = 0; t < bars; t++) {
    const price = f32At(close, t);
    const missing = price != price;
    putF32(ranges, 2 * t, missing ? -Infinity : price);
    putF32(ranges, 2 * t + 1, missing ? -Infinity : -price);
  }
  for (let level = 1; level < RANGE_LEVELS; level++) {
    const half = 1 << (level - 1);
    const from = (level - 1) * bars;
    for (let t = 0; t < bars; t++) {
      const other = min<i32>(t + half, bars - 1);
      const range = f32x4.pmin(rangeAt(ranges, from + t), rangeAt(ranges, from + other));
      v128.store64_lane(ranges + (((from + bars + t) as usize) << 3), range, 0);
    }
  }
}

/**
 * Lowest close of bars `[from, to)`, and the highest with its sign changed, in two f32 lanes. Infinite where a close is
 * missing, NaN without bars.
 *
 * Any number of closes is two overlapping powers of two; from 64 on the blocks are quicker.
 */
export function rangeOf(close: usize, blocks: usize, ranges: usize, bars: i32, from: i32, to: i32): v128 {
  const length = to - from;
  if (((length - 1) as u32) >= (1 << RANGE_LEVELS) - 1) return longRange(close, blocks, from, to);
  const level = 31 - clz<i32>(length);
  const first = level * bars;
  return f32x4.pmin(rangeAt(ranges, first + from), rangeAt(ranges, first + to - (1 << level)));
}

function rangeAt(ranges: usize, index: i32): v128 {
  return v128.load64_zero(ranges + ((index as usize) << 3));
}

function longRange(close: usize, blocks: usize, from: i32, to: i32): v128 {
  if (from >= to) return f32x4.splat(NaN as f32);
  const range = priceRange(close, blocks, from, to);
  const low = f64x2.extract_lane(range, 0);
  if (low != low) return f32x4.splat(-Infinity as f32);
  return f32x4(low as f32, -f64x2.extract_lane(range, 1) as f32, 0, 0);
}

/** Lowest close of a whole block. */
export function blockLow(blocks: usize, block: i32): f64 {
  return f32At(blocks, 2 * block);
}

/** Highest close of a whole block. */
export function blockHigh(blocks: usize, block: i32): f64 {
  return f32At(blocks, 2 * block + 1);
}

/** First bar of the block behind the one bar `t` is in. */
export function nextBlock(t: i32): i32 {
  return (t & ~BLOCK_MASK) + BLOCK_MASK + 1;
}

/** Number of the block that bars `[from, to)` fill, -1 when they do not fill one. */
export function wholeBlock(from: i32, to: i32): i32 {
  return to - from == BLOCK_MASK + 1 ? from >> BLOCK_BITS : -1;
}

function blockUp(t: i32): i32 {
  return (t + BLOCK_MASK) & ~BLOCK_MASK;
}

function lowestLane(lanes: v128): f64 {
  const a = min<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1));
  const b = min<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3));
  return min<f32>(a, b) as f64;
}

function highestLane(lanes: v128): f64 {
  const a = max<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1));
  const b = max<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3));
  return max<f32>(a, b) as f64;
}
