import { insideBits, putWord, wordAt, wordsOf } from "../memory.ts";

// How two series stand to each other, as masks of 64 bars a word. Of a series that is compared many times the least and the
// greatest value of every block of 64 bars are known: where all of one lie above all of the other, no bar is looked at.

/** Bytes of a block of bars. */
const BLOCK_BYTES = 256;

// A number is read as a series that stands still: a block of its own, again and again.
const firstNumber = memory.data(256, 16);
const secondNumber = memory.data(256, 16);

/** Bytes of the ranges of a series. */
export function rangesBytes(count: i32): f64 {
  return 2 * (sideBytes(count) as f64);
}

/**
 * Least and greatest value of every block of 64 bars of a series: all the least ones, and then all the greatest. NaN for a
 * block with a bar that is not finite, or one that is not whole.
 */
export function seriesRanges(x: usize, ranges: usize, count: i32): void {
  assert(count >= 0);
  const highs = ranges + sideBytes(count);
  const lanes = f32x4.splat(NaN);
  for (let at = ranges; at < highs; at += 16) {
    v128.store(at, lanes);
    v128.store(at + sideBytes(count), lanes);
  }
  const blocks = count >> 6;
  for (let block = 0; block < blocks; block++) {
    const first = x + (block as usize) * BLOCK_BYTES;
    let low = v128.load(first);
    let high = low;
    let numbers = f32x4.eq(low, low);
    for (let at = first + 16; at < first + BLOCK_BYTES; at += 16) {
      const values = v128.load(at);
      low = f32x4.pmin(low, values);
      high = f32x4.pmax(high, values);
      numbers = v128.and(numbers, f32x4.eq(values, values));
    }
    const least = leastLane(low);
    const greatest = greatestLane(high);
    if (!i32x4.all_true(numbers) || !isFinite<f32>(least) || !isFinite<f32>(greatest)) continue;
    store<f32>(ranges + ((block as usize) << 2), least);
    store<f32>(highs + ((block as usize) << 2), greatest);
  }
}

/**
 * How `x` stands to `y` in f32: masks of the bars on which it is above, on which it is below, and on which both are known.
 * A series at address 0 stands for a number, rounded to f32; one that is not finite then is unknown. Ranges are those of
 * {@link seriesRanges}, at address 0 where there are none; without those of a series every bar is looked at.
 */
export function order(
  x: usize,
  xNumber: f64,
  xRanges: usize,
  y: usize,
  yNumber: f64,
  yRanges: usize,
  above: usize,
  below: usize,
  known: usize,
  count: i32,
): void {
  assert(count >= 0);
  const xStep: usize = x == 0 ? 0 : BLOCK_BYTES;
  const yStep: usize = y == 0 ? 0 : BLOCK_BYTES;
  const ranged = (x == 0 || xRanges != 0) && (y == 0 || yRanges != 0);
  let a = x == 0 ? standing(firstNumber, xNumber) : x;
  let b = y == 0 ? standing(secondNumber, yNumber) : y;
  // ranges of four blocks at a time; those of a number stand still, too
  let aLows = x == 0 ? a : xRanges;
  let bLows = y == 0 ? b : yRanges;
  const aHigher = x == 0 ? 0 : sideBytes(count);
  const bHigher = y == 0 ? 0 : sideBytes(count);
  const aNext: usize = x == 0 ? 0 : 16;
  const bNext: usize = y == 0 ? 0 : 16;
  const words = wordsOf(count);
  for (let first = 0; first < words; first += 4) {
    let over = 0;
    let under = 0;
    let whole = 0;
    if (ranged) {
      const al = v128.load(aLows);
      const ah = v128.load(aLows + aHigher);
      const bl = v128.load(bLows);
      const bh = v128.load(bLows + bHigher);
      over = i32x4.bitmask(f32x4.gt(al, bh));
      under = i32x4.bitmask(f32x4.lt(ah, bl));
      whole = i32x4.bitmask(v128.and(f32x4.eq(al, al), f32x4.eq(bl, bl)));
      aLows += aNext;
      bLows += bNext;
    }
    const last = min<i32>(first + 4, words);
    for (let word = first; word < last; word++) {
      if ((over & 1) != 0) {
        putOrder(above, below, known, word, ~(0 as u64), 0, ~(0 as u64));
      } else if ((under & 1) != 0) {
        putOrder(above, below, known, word, 0, ~(0 as u64), ~(0 as u64));
      } else if ((whole & 1) != 0) {
        putBlock(a, b, above, below, word);
        putWord(known, word, ~(0 as u64));
      } else {
        const both = knownBits(a, b) & insideBits(word, count);
        putBlock(a, b, above, below, word);
        putOrder(above, below, known, word, wordAt(above, word) & both, wordAt(below, word) & both, both);
      }
      over >>= 1;
      under >>= 1;
      whole >>= 1;
      a += xStep;
      b += yStep;
    }
  }
}

function putOrder(
  above: usize,
  below: usize,
  known: usize,
  word: i32,
  aboveBits: u64,
  belowBits: u64,
  knownBits: u64,
): void {
  putWord(above, word, aboveBits);
  putWord(below, word, belowBits);
  putWord(known, word, knownBits);
}

/** Bytes of the least, or the greatest, values of all blocks; they are read four at a time. */
function sideBytes(count: i32): usize {
  return (((wordsOf(count) + 3) & ~3) as usize) << 2;
}

/** Fills a block with a number, or with what is unknown. */
function standing(block: usize, number: f64): usize {
  const value = number as f32;
  const lanes = f32x4.splat(Mathf.abs(value) < (Infinity as f32) ? value : (NaN as f32));
  for (let at = block; at < block + BLOCK_BYTES; at += 16) v128.store(at, lanes);
  return block;
}

/** Writes the bits of the bars of a block on which `a` is above `b`, and on which it is below. */
function putBlock(a: usize, b: usize, above: usize, below: usize, word: i32): void {
  const from = (word as usize) << 3;
  for (let part: usize = 0; part < 4; part++) {
    const x = a + (part << 6);
    const y = b + (part << 6);
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    const y0 = v128.load(y);
    const y1 = v128.load(y, 16);
    const y2 = v128.load(y, 32);
    const y3 = v128.load(y, 48);
    const over = packed(f32x4.gt(x0, y0), f32x4.gt(x1, y1), f32x4.gt(x2, y2), f32x4.gt(x3, y3));
    const under = packed(f32x4.lt(x0, y0), f32x4.lt(x1, y1), f32x4.lt(x2, y2), f32x4.lt(x3, y3));
    store<u16>(above + from + (part << 1), over as u16);
    store<u16>(below + from + (part << 1), under as u16);
  }
}

/** Bits of the bars of a block on which both are finite. */
function knownBits(a: usize, b: usize): u64 {
  return known16(a, b) | known16(a + 64, b + 64) << 16 | known16(a + 128, b + 128) << 32 |
    known16(a + 192, b + 192) << 48;
}

function known16(a: usize, b: usize): u64 {
  return packed(
    bothKnown(v128.load(a), v128.load(b)),
    bothKnown(v128.load(a, 16), v128.load(b, 16)),
    bothKnown(v128.load(a, 32), v128.load(b, 32)),
    bothKnown(v128.load(a, 48), v128.load(b, 48)),
  );
}

/** Without its sign a float's bits grow with it, and infinity and what is no number come last. */
function bothKnown(a: v128, b: v128): v128 {
  const magnitude = i32x4.splat(0x7fffffff);
  const larger = i32x4.max_s(v128.and(a, magnitude), v128.and(b, magnitude));
  return i32x4.lt_s(larger, i32x4.splat(0x7f800000));
}

/** Sixteen lanes of comparisons as bits. */
function packed(a: v128, b: v128, c: v128, d: v128): u64 {
  return i8x16.bitmask(
    i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)),
  ) as u64;
}

function leastLane(lanes: v128): f32 {
  return min<f32>(
    min<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    min<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}

function greatestLane(lanes: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    max<f32>(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
}
