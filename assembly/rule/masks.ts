import {
  RULE_ABOVE,
  RULE_AND,
  RULE_AT_LEAST,
  RULE_AT_MOST,
  RULE_BELOW,
  RULE_CROSSES_ABOVE,
  RULE_CROSSES_BELOW,
  RULE_EQUAL,
  RULE_OR,
} from "../layout.ts";
import { bitAt, f32LanesAt, i32At, insideBits, putWord, wordAt, wordsOf } from "../memory.ts";
import { finiteLanes, laneBits } from "../signal/mask_word.ts";

// Conditions of expressions: two masks, the bars on which they are true and those on which they are false; unknown on the
// others. Bits behind the last bar are 0. Bit b of word w is bar `64 * w + b`.

/**
 * How `x` stands to `y` in f32: masks of the bars on which it is above, on which it is below, and on which both are known.
 * A series at address 0 stands for a number, rounded to f32; one that is not finite then is unknown.
 */
export function order(
  x: usize,
  xNumber: f64,
  y: usize,
  yNumber: f64,
  above: usize,
  below: usize,
  known: usize,
  count: i32,
): void {
  assert(count >= 0);
  const xLanes = f32x4.splat(xNumber as f32);
  const yLanes = f32x4.splat(yNumber as f32);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    let aboveBits: u64 = 0;
    let belowBits: u64 = 0;
    let knownBits: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const t = (word << 6) + bit;
      const a = x == 0 ? xLanes : f32LanesAt(x, t);
      const b = y == 0 ? yLanes : f32LanesAt(y, t);
      aboveBits |= laneBits(f32x4.gt(a, b), bit);
      belowBits |= laneBits(f32x4.lt(a, b), bit);
      knownBits |= laneBits(v128.and(finiteLanes(a), finiteLanes(b)), bit);
    }
    const inside = knownBits & insideBits(word, count);
    putWord(above, word, aboveBits & inside);
    putWord(below, word, belowBits & inside);
    putWord(known, word, inside);
  }
}

/** As {@link order}, of every value of `x` to the one before it; nothing is known of the first. */
export function stepOrder(x: usize, above: usize, below: usize, known: usize, count: i32): void {
  assert(count >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    let aboveBits: u64 = 0;
    let belowBits: u64 = 0;
    let knownBits: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const t = (word << 6) + bit;
      const a = f32LanesAt(x, t);
      // the lane before the first value is whatever lies before the series, and is masked out
      const b = f32LanesAt(x, t - 1);
      aboveBits |= laneBits(f32x4.gt(a, b), bit);
      belowBits |= laneBits(f32x4.lt(a, b), bit);
      knownBits |= laneBits(v128.and(finiteLanes(a), finiteLanes(b)), bit);
    }
    const inside = knownBits & insideBits(word, count) & (word == 0 ? ~(1 as u64) : ~(0 as u64));
    putWord(above, word, aboveBits & inside);
    putWord(below, word, belowBits & inside);
    putWord(known, word, inside);
  }
}

/** A comparison, or a crossing, of what {@link order} found; a crossing needs the bar before. */
export function compared(
  comparison: i32,
  above: usize,
  below: usize,
  known: usize,
  trueMask: usize,
  falseMask: usize,
  count: i32,
): void {
  assert(count >= 0);
  const words = wordsOf(count);
  // bits of the bar before the word: whether it was known and beyond, and known and not beyond
  let wasBeyond: u64 = 0;
  let wasNot: u64 = 0;
  for (let word = 0; word < words; word++) {
    const over = wordAt(above, word);
    const under = wordAt(below, word);
    const both = wordAt(known, word);
    const equal = both & ~over & ~under;
    let hit: u64 = 0;
    let miss: u64 = 0;
    if (comparison == RULE_CROSSES_ABOVE || comparison == RULE_CROSSES_BELOW) {
      const beyond = comparison == RULE_CROSSES_ABOVE ? over : under;
      const not = both & ~beyond;
      hit = beyond & (not << 1 | wasNot);
      miss = (not | (beyond << 1 | wasBeyond)) & insideBits(word, count);
      wasBeyond = beyond >> 63;
      wasNot = not >> 63;
    } else {
      if (comparison == RULE_ABOVE) hit = over;
      else if (comparison == RULE_BELOW) hit = under;
      else if (comparison == RULE_AT_LEAST) hit = over | equal;
      else if (comparison == RULE_AT_MOST) hit = under | equal;
      else if (comparison == RULE_EQUAL) hit = equal;
      else hit = over | under;
      miss = both & ~hit;
    }
    putWord(trueMask, word, hit);
    putWord(falseMask, word, miss);
  }
}

/** `and`, `or` or `xor` of two conditions. */
export function logic(
  connective: i32,
  aTrue: usize,
  aFalse: usize,
  bTrue: usize,
  bFalse: usize,
  trueMask: usize,
  falseMask: usize,
  count: i32,
): void {
  assert(count >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    const at = wordAt(aTrue, word);
    const af = wordAt(aFalse, word);
    const bt = wordAt(bTrue, word);
    const bf = wordAt(bFalse, word);
    if (connective == RULE_AND) {
      putWord(trueMask, word, at & bt);
      putWord(falseMask, word, af | bf);
    } else if (connective == RULE_OR) {
      putWord(trueMask, word, at | bt);
      putWord(falseMask, word, af & bf);
    } else {
      putWord(trueMask, word, at & bf | af & bt);
      putWord(falseMask, word, at & bt | af & bf);
    }
  }
}

/** True where the bits of one mask or of another are set, else false; never unknown. */
export function knownWhere(a: usize, b: usize, trueMask: usize, falseMask: usize, count: i32): void {
  assert(count >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    const known = wordAt(a, word) | wordAt(b, word);
    putWord(trueMask, word, known);
    putWord(falseMask, word, ~known & insideBits(word, count));
  }
}

/** True where a series is known, else false. */
export function knownSeries(x: usize, trueMask: usize, falseMask: usize, count: i32): void {
  assert(count >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    let known: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      known |= laneBits(finiteLanes(f32LanesAt(x, (word << 6) + bit)), bit);
    }
    const inside = insideBits(word, count);
    putWord(trueMask, word, known & inside);
    putWord(falseMask, word, ~known & inside);
  }
}

/** Every bar's bit `bars` bars later. Source and target must differ. */
export function shiftMask(mask: usize, target: usize, count: i32, bars: i32): void {
  assert(count >= 0 && bars >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    putWord(target, word, shiftedWord(mask, word, bars) & insideBits(word, count));
  }
}

/**
 * With `all` the bars on which the last `bars` bits are all set, bits before the first bar being none; else those on which
 * one of them is. By doubling: O(log bars) passes over the words. Source and target must differ.
 */
export function windowMask(mask: usize, target: usize, count: i32, bars: i32, all: bool): void {
  assert(count >= 0 && bars >= 1);
  const words = wordsOf(count);
  memory.copy(target, mask, (words as usize) << 3);
  // beyond the series nothing changes any more, and a doubled i32 must not wrap around
  const reach = min<i32>(bars, count + 1);
  for (let done = 1; done < reach;) {
    const step = min<i32>(done, reach - done);
    // from behind, so that what is read has not been joined yet
    for (let word = words - 1; word >= 0; word--) {
      const earlier = shiftedWord(target, word, step);
      const own = wordAt(target, word);
      putWord(target, word, (all ? own & earlier : own | earlier) & insideBits(word, count));
    }
    done += step;
  }
}

/** Bit `steps[t]` of a mask; 0 where the step is below 0. */
export function stepMask(mask: usize, steps: usize, target: usize, count: i32): void {
  assert(count >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) {
    let bits: u64 = 0;
    const first = word << 6;
    const last = min<i32>(64, count - first);
    for (let bit = 0; bit < last; bit++) {
      const step = i32At(steps, first + bit);
      if (step >= 0) bits |= (bitAt(mask, step) as u64) << (bit as u64);
    }
    putWord(target, word, bits);
  }
}

/** All bars, or none. */
export function fillMask(target: usize, count: i32, set: bool): void {
  assert(count >= 0);
  const words = wordsOf(count);
  for (let word = 0; word < words; word++) putWord(target, word, set ? insideBits(word, count) : 0);
}

/** A word of a mask whose bits come `bars` bars later. */
function shiftedWord(mask: usize, word: i32, bars: i32): u64 {
  const from = word - (bars >> 6);
  const shift = (bars & 63) as u64;
  if (from < 0) return 0;
  const own = wordAt(mask, from) << shift;
  return shift == 0 || from == 0 ? own : own | wordAt(mask, from - 1) >> (64 - shift);
}
