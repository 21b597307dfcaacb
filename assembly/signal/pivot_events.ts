import { f32LanesAt, wordsOf } from "../memory.ts";
import { finiteLanes, laneBits, putWords } from "./mask_word.ts";

/** Long on the bar that confirms a pivot low, short on the one that confirms a pivot high. */
export function pivotEvents(
  highs: usize,
  lows: usize,
  start: i32,
  bars: i32,
  longMask: usize,
  shortMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let low: u64 = 0;
    let high: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const t = start + (word << 6) + bit;
      low |= laneBits(finiteLanes(f32LanesAt(lows, t)), bit);
      high |= laneBits(finiteLanes(f32LanesAt(highs, t)), bit);
    }
    putWords(longMask, shortMask, word, low, high, bars);
  }
}
