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
  combinePart(pairs, pairCount, 0, bars, sides, longMask, shortMask);
}

/** The same for `bars` bars from bar `first` on, a multiple of 128. */
export function combinePart(
  pairs: usize,
  pairCount: i32,
  first: i32,
  bars: i32,
  sides: i32,
  longPart: usize,
  shortPart: usize,
): void {
  const from = (first >> 3) as usize;
  const bytes = (((wordsOf(bars) + 1) >> 1) as usize) << 4;
  combineSide(pairs, 0, pairCount, from, bytes, (sides & SIDE_LONG) != 0, longPart);
  combineSide(pairs, 1, pairCount, from, bytes, (sides & SIDE_SHORT) != 0, shortPart);
}

function combineSide(
  pairs: usize,
  which: i32,
  pairCount: i32,
  from: usize,
  bytes: usize,
  allowed: bool,
  target: usize,
): void {
  if (!allowed) {
    memory.fill(target, 0, bytes);
    return;
  }
  const base = addressAt(pairs, which) + from;
  if (pairCount == 1) {
    memory.copy(target, base, bytes);
    return;
  }
  let sum = base;
  for (let pair = 1; pair < pairCount; pair++) {
    const mask = addressAt(pairs, 2 * pair + which) + from;
    for (let offset: usize = 0; offset < bytes; offset += 16) {
      v128.store(target + offset, v128.and(v128.load(sum + offset), v128.load(mask + offset)));
    }
    sum = target;
  }
}
