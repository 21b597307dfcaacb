import { bytesOf, f32At, f32LanesAt, putF32, wordsOf } from "../memory.ts";

/** Bars of one block. */
const BLOCK_BITS = 6;
const BLOCK_MASK = 63;

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
