import { f32LanesAt, wordsOf } from "../memory.ts";
import { finiteLanes, laneBits, putWords } from "./mask_word.ts";

/** One mask where `column > series`, the other where `column < series`; the column is a price or the volume. */
export function compareColumn(
  column: usize,
  series: usize,
  start: i32,
  bars: i32,
  aboveMask: usize,
  belowMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let above: u64 = 0;
    let below: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const t = start + (word << 6) + bit;
      const value = f32LanesAt(column, t);
      const x = f32LanesAt(series, t);
      const usable = v128.and(finiteLanes(value), finiteLanes(x));
      above |= laneBits(v128.and(f32x4.gt(value, x), usable), bit);
      below |= laneBits(v128.and(f32x4.lt(value, x), usable), bit);
    }
    putWords(aboveMask, belowMask, word, above, below, bars);
  }
}
