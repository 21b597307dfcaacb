import { SIDE_LONG, SIDE_SHORT } from "../layout.ts";
import { insideBits, putWord, wordAt, wordsOf } from "../memory.ts";

/**
 * Long and short masks of a strategy over the slice of `bars` bars from `start` on, from the masks of the bars on which its
 * entries and exits are true. An entry at address 0 is never true; without an exit a side is left as soon as its entry is
 * not true. An entry counts where its own exit is not true (L, S). A long is left by its exit or S, a short by its exit or
 * L; what is held by none then goes long on L alone, or short on S alone. The slice begins with none.
 *
 * A side that may not be opened, of `sides`, has an empty mask; its signal still ends the other side's. No bar is walked:
 * within a word the state jumps to its next event, so the cost is words plus changes. The entries and exits must be
 * readable for one word behind their last.
 */
export function ruleSignal(
  longEnter: usize,
  longExit: usize,
  shortEnter: usize,
  shortExit: usize,
  start: i32,
  bars: i32,
  sides: i32,
  longMask: usize,
  shortMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const words = wordsOf(bars);
  const from = start >> 6;
  const shift = (start & 63) as u64;
  const longs = (sides & SIDE_LONG) != 0;
  const shorts = (sides & SIDE_SHORT) != 0;
  // without an exit of its own a side changes with every bit of its entry
  const follows = (longEnter != 0 && longExit == 0) || (shortEnter != 0 && shortExit == 0);
  let state = 0;
  let word = 0;
  while (word < words) {
    // a mask of events, which most words have none of, is passed over eight words at a time
    const going = state == SIDE_LONG ? longExit : longEnter;
    const turning = state == SIDE_SHORT ? shortExit : shortEnter;
    if (!follows && word + 8 < words && isQuiet(going, from + word) && isQuiet(turning, from + word)) {
      fillEight(longMask, word, longs && state == SIDE_LONG);
      fillEight(shortMask, word, shorts && state == SIDE_SHORT);
      word += 8;
      continue;
    }
    const LE = longEnter == 0 ? 0 : sliceWord(longEnter, from + word, shift);
    const SE = shortEnter == 0 ? 0 : sliceWord(shortEnter, from + word, shift);
    const LX = longExit == 0 ? ~LE : sliceWord(longExit, from + word, shift);
    const SX = shortExit == 0 ? ~SE : sliceWord(shortExit, from + word, shift);
    const L = LE & ~LX;
    const S = SE & ~SX;
    const leaveLong = LX | S;
    const leaveShort = SX | L;
    let long: u64 = 0;
    let short: u64 = 0;
    // bits of the word that are still to come
    let rest: u64 = ~(0 as u64);
    do {
      // the bar it is entered on, which is held whatever would end it
      let entry: u64 = 0;
      if (state == 0) {
        const entries = (L ^ S) & rest;
        if (entries == 0) break;
        entry = entries & (~entries + 1);
        state = (L & entry) != 0 ? SIDE_LONG : SIDE_SHORT;
        rest = ~(entry - 1);
      }
      const ends = (state == SIDE_LONG ? leaveLong : leaveShort) & rest & ~entry;
      const held = ends == 0 ? rest : rest & ((ends & (~ends + 1)) - 1);
      if (state == SIDE_LONG) long |= held;
      else short |= held;
      if (ends == 0) break;
      state = 0;
      rest &= ~held;
    } while (rest != 0);
    const inside = insideBits(word, bars);
    putWord(longMask, word, longs ? long & inside : 0);
    putWord(shortMask, word, shorts ? short & inside : 0);
    word++;
  }
}

/** Whether a mask has no bits in the nine words that eight words of the slice lie in. */
function isQuiet(mask: usize, word: i32): bool {
  if (mask == 0) return true;
  const at = mask + ((word as usize) << 3);
  const some = v128.or(
    v128.or(v128.load(at), v128.load(at, 16)),
    v128.or(v128.load(at, 32), v128.load(at, 48)),
  );
  return !v128.any_true(some) && wordAt(mask, word + 8) == 0;
}

function fillEight(mask: usize, word: i32, set: bool): void {
  const at = mask + ((word as usize) << 3);
  const bits = i32x4.splat(set ? -1 : 0);
  v128.store(at, bits);
  v128.store(at, bits, 16);
  v128.store(at, bits, 32);
  v128.store(at, bits, 48);
}

function sliceWord(mask: usize, word: i32, shift: u64): u64 {
  // twice, as a shift by all 64 bits would be one by none
  return wordAt(mask, word) >> shift | (wordAt(mask, word + 1) << 1) << (63 - shift);
}
