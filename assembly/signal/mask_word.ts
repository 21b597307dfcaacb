import { insideBits, putWord } from "../memory.ts";

// What all rules share. A rule turns series into two bit masks over the slice: bit i is bar `start + i`, bits behind the
// slice are 0. Columns are read from `start` up to COLUMN_SLACK elements past the slice. A bar whose inputs are not all
// finite sets neither bit; a bar that would set both sets neither. Comparisons are in f32.

/** Lanes that hold neither a NaN nor an infinity. */
export function finiteLanes(lanes: v128): v128 {
  return f32x4.lt(f32x4.abs(lanes), f32x4.splat(Infinity as f32));
}

/** Four lanes of a comparison as bits `shift` to `shift + 3` of a mask word. */
export function laneBits(lanes: v128, shift: i32): u64 {
  return (i32x4.bitmask(lanes) as u64) << (shift as u64);
}

/** Writes a word of both masks, without the bars that set both and those behind the slice. */
export function putWords(a: usize, b: usize, word: i32, aBits: u64, bBits: u64, bars: i32): void {
  const keep = ~(aBits & bBits) & insideBits(word, bars);
  putWord(a, word, aBits & keep);
  putWord(b, word, bBits & keep);
}
