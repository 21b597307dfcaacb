import { f64LanesAt, putF64Lanes } from "../memory.ts";

// The formulas of account.ts for two accounts at a time, in the same order of operations, so that both give the same bits.
// What a side changes comes in as a lane: a short's gross profit, or its quote with the sign changed.

/** `stake`. */
export function stakeLanes(available: v128, max: v128): v128 {
  return f64x2.pmin(available, max);
}

/** `exitQuote`. */
export function exitQuoteLanes(quote: v128, entryFill: v128, exitFill: v128): v128 {
  return f64x2.mul(f64x2.div(quote, entryFill), exitFill);
}

/** `afterOpen`. */
export function afterOpenLanes(available: v128, quote: v128, entryFee: v128): v128 {
  return f64x2.sub(f64x2.sub(available, quote), entryFee);
}

/** `netProfit`. */
export function netProfitLanes(gross: v128, entryFee: v128, exitFee: v128): v128 {
  return f64x2.sub(f64x2.sub(gross, entryFee), exitFee);
}

/** `afterClose`. */
function afterCloseLanes(available: v128, quote: v128, gross: v128, exitFee: v128): v128 {
  return f64x2.sub(f64x2.add(f64x2.add(available, quote), gross), exitFee);
}

/** `lockedProfit`, 0 for accounts that do not trade. */
function lockedProfitLanes(net: v128, trading: v128, share: f64): v128 {
  const won = v128.and(trading, f64x2.gt(net, f64x2.splat(0)));
  return v128.and(won, f64x2.mul(net, f64x2.splat(share)));
}

/**
 * Books a trade of accounts `index` and `index + 1` of the arrays `cash` and `safe`. Those that are not `trading` keep what
 * they have. Returns the cash.
 */
export function bookLanes(
  cash: usize,
  safe: usize,
  index: i32,
  quote: v128,
  gross: v128,
  entryFee: v128,
  exitFee: v128,
  trading: v128,
  share: f64,
): v128 {
  const available = f64LanesAt(cash, index);
  let closed = afterCloseLanes(afterOpenLanes(available, quote, entryFee), quote, gross, exitFee);
  if (share > 0.0) {
    const locked = lockedProfitLanes(netProfitLanes(gross, entryFee, exitFee), trading, share);
    closed = f64x2.sub(closed, locked);
    putF64Lanes(safe, index, f64x2.add(f64LanesAt(safe, index), locked));
  }
  const left = v128.bitselect(closed, available, trading);
  putF64Lanes(cash, index, left);
  return left;
}
