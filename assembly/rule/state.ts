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
  let state = 0;
  for (let word = 0; word < words; word++) {
    const inside = insideBits(word, bars);
    const LE = longEnter == 0 ? 0 : sliceWord(longEnter, from + word, shift);
    const SE = shortEnter == 0 ? 0 : sliceWord(shortEnter, from + word, shift);
    const LX = longExit == 0 ? ~LE : sliceWord(longExit, from + word, shift);
    const SX = shortExit == 0 ? ~SE : sliceWord(shortExit, from + word, shift);
    const L = LE & ~LX;
    const S = SE & ~SX;
    const leaveLong = LX | S;
    const leaveShort = SX | L;
    const goLong = L & ~S & inside;
    const goShort = S & ~L & inside;
    let long: u64 = 0;
    let short: u64 = 0;
    // bits of the word that are still to come
    let rest: u64 = ~(0 as u64);
    while (rest != 0) {
      if (state == 0) {
        const event = (goLong | goShort) & rest;
        if (event == 0) break;
        const bit = event & (~event + 1);
        state = (goLong & bit) != 0 ? SIDE_LONG : SIDE_SHORT;
        rest = ~(bit - 1);
        // held on this bar, whatever would end it: entered on it
        if (state == SIDE_LONG) long |= bit;
        else short |= bit;
        rest &= ~bit;
        continue;
      }
      const event = (state == SIDE_LONG ? leaveLong : leaveShort) & rest;
      const held = event == 0 ? rest : rest & ((event & (~event + 1)) - 1);
      if (state == SIDE_LONG) long |= held;
      else short |= held;
      if (event == 0) break;
      state = 0;
      rest &= ~held;
    }
    putWord(longMask, word, (sides & SIDE_LONG) != 0 ? long & inside : 0);
    putWord(shortMask, word, (sides & SIDE_SHORT) != 0 ? short & inside : 0);
  }
}

function sliceWord(mask: usize, word: i32, shift: u64): u64 {
  const low = wordAt(mask, word) >> shift;
  return shift == 0 ? low : low | wordAt(mask, word + 1) << (64 - shift);
}
