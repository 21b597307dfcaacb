import { SIDE_LONG } from "../layout.ts";
import { f32At } from "../memory.ts";
import { skipQuiet } from "../sweep/level_hits.ts";
import { afterClose, afterOpen, feeRate, grossProfit } from "./account.ts";
import { accountOf, closeOf } from "./slice.ts";

// An account is ruined at the first close, after the bar of entry, at which what it is worth is not above 0. The
// position is closed there at that close.
//
// What closing brings is never more than the position is worth at the raw close: slippage only worsens the fill, the
// fee only takes, and rounding keeps order. `markedEquity` adds in the order of `afterClose`, so a ruined account has no
// cash above 0 left, in every bit, and never opens a position again: that needs no state of its own.

/** How much of the sum of its terms a bound gives away for rounding, which stays below a millionth of that. */
export const ROOM: f64 = 1e-9;

/** What an account with an open position is worth at a close, `worth` being quantity times close: no exit fee, no slippage. */
export function markedEquity(side: i32, available: f64, safe: f64, quote: f64, worth: f64): f64 {
  return afterClose(available, quote, grossProfit(side, quote, worth), 0.0) + safe;
}

/**
 * No close below this ruins an account that sold at `fill`, whose stake left `spare` times itself, what is put aside
 * included: it is worth `spare + 2 - fee - close / fill` stakes.
 */
export function ruinCeiling(fill: f64, fee: f64, spare: f64): f64 {
  return fill * (2.0 + spare - fee - ROOM * (2.0 + spare + fee));
}

/** No close above this ruins an account that bought: it is worth `spare - fee + close / fill` stakes. */
export function ruinFloor(fill: f64, fee: f64, spare: f64): f64 {
  return fill * (fee - spare + ROOM * (2.0 + spare + fee));
}

/**
 * First bar in `[from, to)` at whose close a position of `quote`, opened before at `fill` by an account with `available`
 * and `safe`, ruins it; `to` when there is none.
 */
export function ruinBar(
  slice: usize,
  side: i32,
  from: i32,
  to: i32,
  fill: f64,
  quote: f64,
  available: f64,
  safe: f64,
): i32 {
  const close = closeOf(slice);
  const fee = feeRate(accountOf(slice));
  const quantity = quote / fill;
  const opened = afterOpen(available, quote, quote * fee);
  const spare = (available - quote + safe) / quote;
  const floor = side == SIDE_LONG ? ruinFloor(fill, fee, spare) : -Infinity;
  const ceiling = side == SIDE_LONG ? Infinity : ruinCeiling(fill, fee, spare);
  let t = from;
  while (t < to) {
    // rounding the bounds to f32 keeps order, so no ruin is skipped; the account itself decides about the rest
    t = skipQuiet(close, t, to, floor as f32, ceiling as f32);
    const end = min<i32>(t + 4, to);
    for (; t < end; t++) {
      if (markedEquity(side, opened, safe, quote, quantity * f32At(close, t)) <= 0.0) return t;
    }
  }
  return to;
}
