import { f32LanesAt, wordsOf } from "../memory.ts";
import { finiteLanes, laneBits, putWords } from "./mask_word.ts";

/** Where `series >= f32(minimum)`: long on a candle that closes above its open, short on one that closes below. */
export function candleBody(
  series: usize,
  open: usize,
  close: usize,
  start: i32,
  bars: i32,
  minimum: f64,
  longMask: usize,
  shortMask: usize,
): void {
  assert(start >= 0 && bars >= 0);
  const minimums = f32x4.splat(minimum as f32);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    let rises: u64 = 0;
    let falls: u64 = 0;
    for (let bit = 0; bit < 64; bit += 4) {
      const t = start + (word << 6) + bit;
      const x = f32LanesAt(series, t);
      const first = f32LanesAt(open, t);
      const last = f32LanesAt(close, t);
      const finite = v128.and(finiteLanes(x), v128.and(finiteLanes(first), finiteLanes(last)));
      const large = v128.and(f32x4.ge(x, minimums), finite);
      rises |= laneBits(v128.and(f32x4.gt(last, first), large), bit);
      falls |= laneBits(v128.and(f32x4.lt(last, first), large), bit);
    }
    putWords(longMask, shortMask, word, rises, falls, bars);
  }
}
