import { SIDE_LONG, SIDE_SHORT } from "../layout.ts";
import { addressAt, wordsOf } from "../memory.ts";

/**
 * Final masks of a variant: the AND of its indicators' masks, and all zero for a side that may not be opened (its
 * signal then still ends the other side's). `pairs` lists long and short mask addresses in turn. Masks are padded to an
 * even number of words.
 */
export function combineMasks(
  pairs: usize,
  pairCount: i32,
  bars: i32,
  sides: i32,
  longMask: usize,
  shortMask: usize,
): void {
  assert(pairCount >= 1 && bars >= 0);
  combineSide(pairs, 0, pairCount, bars, (sides & SIDE_LONG) != 0, longMask);
  combineSide(pairs, 1, pairCount, bars, (sides & SIDE_SHORT) != 0, shortMask);
}

function combineSide(
  pairs: usize,
  which: i32,
  pairCount: i32,
  bars: i32,
  allowed: bool,
  target: usize,
): void {
  const bytes = (((wordsOf(bars) + 1) >> 1) as usize) << 4;
  if (!allowed) {
    memory.fill(target, 0, bytes);
    return;
  }
  memory.copy(target, addressAt(pairs, which), bytes);
  for (let pair = 1; pair < pairCount; pair++) {
    const mask = addressAt(pairs, 2 * pair + which);
    for (let offset: usize = 0; offset < bytes; offset += 16) {
      v128.store(target + offset, v128.and(v128.load(target + offset), v128.load(mask + offset)));
    }
  }
}
