import { entryFactor, isFill } from "../execution/account.ts";
import { SIDE_LONG, SIDE_SHORT } from "../layout.ts";
import { bytesOf, f32At, putF64, wordsOf } from "../memory.ts";

// What an order is filled at, for every bar: fill `2 * bar` is that of a purchase, which opens a long and closes a
// short; fill `2 * bar + 1` is that of a sale, and negative. So the sign of an entry says which side it opens.

/** Fills of that many bars, and of those behind the last one that a list of trades may name. */
function fillCells(bars: i32): i32 {
  return ((wordsOf(bars) << 6) + 1) << 1;
}

/** Bytes of the fills of that many bars, with those behind the last one. */
export function fillBytes(bars: i32): f64 {
  return bytesOf(fillCells(bars), 8);
}

/** Writes the fills of every bar: NaN where no order can be filled, and behind the last bar. */
export function writeFills(close: usize, bars: i32, account: usize, fills: usize): void {
  const purchase = entryFactor(account, SIDE_LONG);
  const sale = entryFactor(account, SIDE_SHORT);
  for (let t = 0; t < bars; t++) {
    putF64(fills, 2 * t, fillAt(f32At(close, t) * purchase));
    putF64(fills, 2 * t + 1, -fillAt(f32At(close, t) * sale));
  }
  const total = fillCells(bars);
  for (let i = 2 * bars; i < total; i++) putF64(fills, i, NaN);
}

function fillAt(price: f64): f64 {
  return isFill(price) ? price : NaN;
}
