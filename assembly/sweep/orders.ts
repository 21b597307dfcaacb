import { entryFactor, exitFactor, isFill } from "../execution/account.ts";
import { bytesOf, f32At, putF32, wordsOf } from "../memory.ts";

// Closes at which orders are filled: those of the slice, NaN where none can be. A fill is close times factor, in f64, and a
// factor is never above 2 nor, unless it is 0, below a ulp of 1: so the product can be filled where both can.

/** Elements for that many bars, and for those behind the last one that a list of trades may name. */
function orderCells(bars: i32): i32 {
  return (wordsOf(bars) << 6) + 1;
}

/** Bytes of the closes for orders of that many bars, with those behind the last one. */
export function orderBytes(bars: i32): f64 {
  return bytesOf(orderCells(bars), 4);
}

/** Writes the closes for orders; NaN behind the last bar. */
export function writeOrders(close: usize, bars: i32, orders: usize): void {
  for (let t = 0; t < bars; t++) putF32(orders, t, fillable(f32At(close, t)));
  const total = orderCells(bars);
  for (let t = bars; t < total; t++) putF32(orders, t, NaN);
}

/** What the close is multiplied by to open this side; NaN where that gives no price. */
export function openFactor(account: usize, side: i32): f64 {
  return fillable(entryFactor(account, side));
}

/** The same to close it. */
export function closeFactor(account: usize, side: i32): f64 {
  return fillable(exitFactor(account, side));
}

function fillable(value: f64): f64 {
  return isFill(value) ? value : NaN;
}
