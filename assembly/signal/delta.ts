import { f32LanesAt, rawF32At, wordsOf } from "../memory.ts";
import { finiteLanes, laneBits, putWords } from "./mask_word.ts";

/**
 * Long where the series has risen over `longLag` bars, short where it has fallen over `shortLag` bars; a side says
 * nothing before bar `lag` of the series. The two ends are compared: with gradual underflow `a - b > 0` in f32 is the
 * same as `a > b`.
 */
export function deltaSign(
  series: usize,
  start: i32,
  bars: i32,
  longLag: i32,
  shortLag: i32,
  longMask: usize,
  shortMask: usize,
): void {
  assert(start >= 0 && bars >= 0 && longLag >= 1 && shortLag >= 1);
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    const t = start + (word << 6);
    const rises = aboveBits(series, t, t - longLag, max<i32>(longLag - t, 0));
    const falls = aboveBits(series, t - shortLag, t, max<i32>(shortLag - t, 0));
    putWords(longMask, shortMask, word, rises, falls, bars);
  }
}

/** Bits from `first` on of the word where `series[upper + bit] > series[lower + bit]`; earlier ones have no lagged bar. */
function aboveBits(series: usize, upper: i32, lower: i32, first: i32): u64 {
  let bits: u64 = 0;
  if (first > 0) {
    for (let bit = first; bit < 64; bit++) {
      const a = rawF32At(series, upper + bit);
      const b = rawF32At(series, lower + bit);
      if (isFinite<f32>(a) && isFinite<f32>(b) && a > b) bits |= (1 as u64) << (bit as u64);
    }
    return bits;
  }
  for (let bit = 0; bit < 64; bit += 4) {
    const a = f32LanesAt(series, upper + bit);
    const b = f32LanesAt(series, lower + bit);
    const usable = v128.and(finiteLanes(a), finiteLanes(b));
    bits |= laneBits(v128.and(f32x4.gt(a, b), usable), bit);
  }
  return bits;
}
