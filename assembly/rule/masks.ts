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

/** As `order`, of every value of `x` to the one before it; nothing is known of the first. */
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

/**
 * A comparison, or a crossing, of what `order` found; a crossing needs the bar before. A mask at address 0 is not written,
 * as of all conditions below.
 */
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
  if (comparison == RULE_CROSSES_ABOVE) crossed(above, known, trueMask, falseMask, count);
  else if (comparison == RULE_CROSSES_BELOW) crossed(below, known, trueMask, falseMask, count);
  else if (comparison == RULE_ABOVE) split(above, known, trueMask, falseMask, count);
  else if (comparison == RULE_BELOW) split(below, known, trueMask, falseMask, count);
  else if (comparison == RULE_AT_LEAST) split(below, known, falseMask, trueMask, count);
  else if (comparison == RULE_AT_MOST) split(above, known, falseMask, trueMask, count);
  else if (comparison == RULE_EQUAL) equal(above, below, known, trueMask, falseMask, count);
  else equal(above, below, known, falseMask, trueMask, count);
}

/** Where the first operand is beyond the other and was not one bar before, both known. */
function crossed(beyond: usize, known: usize, trueMask: usize, falseMask: usize, count: i32): void {
  const words = wordsOf(count);
  if (words == 0) return;
  // nothing was before the first bar; behind the first word two at a time read the word before them, too
  const is = wordAt(beyond, 0);
  const not = wordAt(known, 0) & ~is;
  if (trueMask != 0) putWord(trueMask, 0, is & not << 1);
  if (falseMask != 0) putWord(falseMask, 0, not | is << 1);
  for (let word = 1; word < words; word += 2) {
    const at = (word as usize) << 3;
    const are = v128.load(beyond + at);
    const were = v128.load(beyond + at - 8);
    const nots = v128.andnot(v128.load(known + at), are);
    const werenots = v128.andnot(v128.load(known + at - 8), were);
    if (trueMask != 0) v128.store(trueMask + at, v128.and(are, oneLater(nots, werenots)));
    if (falseMask != 0) v128.store(falseMask + at, v128.or(nots, oneLater(are, were)));
  }
  if (falseMask != 0) {
    putWord(falseMask, words - 1, wordAt(falseMask, words - 1) & insideBits(words - 1, count));
  }
}

/** Two words with every bit one bar later; `before` has the word before each. */
function oneLater(words: v128, before: v128): v128 {
  return v128.or(i64x2.shl(words, 1), i64x2.shr_u(before, 63));
}

/** The bars of a mask, and those that are known beside them. */
function split(mask: usize, known: usize, inMask: usize, otherMask: usize, count: i32): void {
  const bytes = (wordsOf(count) as usize) << 3;
  if (inMask != 0) memory.copy(inMask, mask, bytes);
  if (otherMask == 0) return;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(otherMask + at, v128.andnot(v128.load(known + at), v128.load(mask + at)));
  }
}

/** The known bars that are neither above nor below, and those that are one of them. */
function equal(
  above: usize,
  below: usize,
  known: usize,
  equalMask: usize,
  otherMask: usize,
  count: i32,
): void {
  const bytes = (wordsOf(count) as usize) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const apart = v128.or(v128.load(above + at), v128.load(below + at));
    if (otherMask != 0) v128.store(otherMask + at, apart);
    if (equalMask != 0) v128.store(equalMask + at, v128.andnot(v128.load(known + at), apart));
  }
}

/** `and`, `or` or `xor` of two conditions; the former two read the masks of what they write. */
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
  if (connective == RULE_AND) {
    if (trueMask != 0) intersect(aTrue, bTrue, trueMask, count);
    if (falseMask != 0) unite(aFalse, bFalse, falseMask, count);
    return;
  }
  if (connective == RULE_OR) {
    if (trueMask != 0) unite(aTrue, bTrue, trueMask, count);
    if (falseMask != 0) intersect(aFalse, bFalse, falseMask, count);
    return;
  }
  const bytes = (wordsOf(count) as usize) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const ay = v128.load(aTrue + at);
    const an = v128.load(aFalse + at);
    const by = v128.load(bTrue + at);
    const bn = v128.load(bFalse + at);
    if (trueMask != 0) v128.store(trueMask + at, v128.or(v128.and(ay, bn), v128.and(an, by)));
    if (falseMask != 0) v128.store(falseMask + at, v128.or(v128.and(ay, by), v128.and(an, bn)));
  }
}

function intersect(a: usize, b: usize, target: usize, count: i32): void {
  const bytes = (wordsOf(count) as usize) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, v128.and(v128.load(a + at), v128.load(b + at)));
  }
}

function unite(a: usize, b: usize, target: usize, count: i32): void {
  const bytes = (wordsOf(count) as usize) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, v128.or(v128.load(a + at), v128.load(b + at)));
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
