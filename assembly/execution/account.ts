import {
  ACCOUNT_CLOSE_LONG,
  ACCOUNT_FEE_RATE,
  ACCOUNT_INIT_CASH,
  ACCOUNT_LOCK_RATE,
  ACCOUNT_OPEN_LONG,
  ACCOUNT_STAKE_MAX,
  SIDE_LONG,
} from "../layout.ts";
import { field } from "../memory.ts";

// What a trade does to the account, one small formula each. All scorers use these and their order of operations, which
// is what makes the scores of the sweep equal to those of the replay in every bit. The two-lane form of the same
// formulas is in account_lanes.ts.

/** Cash at the start. */
export function initCash(account: usize): f64 {
  return field(account, ACCOUNT_INIT_CASH);
}

/** Fraction of the quote amount paid on every fill. */
export function feeRate(account: usize): f64 {
  return field(account, ACCOUNT_FEE_RATE);
}

/** Share of a winning trade's net profit that is put aside. */
export function lockRate(account: usize): f64 {
  return field(account, ACCOUNT_LOCK_RATE);
}

/** Largest quote amount of one entry. */
export function stakeMax(account: usize): f64 {
  return field(account, ACCOUNT_STAKE_MAX);
}

/** What the close is multiplied by to open this side. */
export function entryFactor(account: usize, side: i32): f64 {
  return field(account, ACCOUNT_OPEN_LONG + ((side - SIDE_LONG) << 3));
}

/** What the close is multiplied by to close this side. */
export function exitFactor(account: usize, side: i32): f64 {
  return field(account, ACCOUNT_CLOSE_LONG + ((side - SIDE_LONG) << 3));
}

/** Whether an order can be filled at this price. */
export function isFill(price: f64): bool {
  return price > 0.0 && price < Infinity;
}

/** Quote amount of the next entry; not above 0 when there is no cash, and then nothing is opened. */
export function stake(available: f64, max: f64): f64 {
  return max < available ? max : available;
}

/** Cash after opening: the fee comes on top of the stake. */
export function afterOpen(available: f64, quote: f64, entryFee: f64): f64 {
  return available - quote - entryFee;
}

/** Quote amount that closing brings before its fee: the quantity bought with `quote`, times the exit fill. */
export function exitQuote(quote: f64, entryFill: f64, exitFill: f64): f64 {
  return (quote / entryFill) * exitFill;
}

/** Profit after both fees. */
export function netProfit(gross: f64, entryFee: f64, exitFee: f64): f64 {
  return gross - entryFee - exitFee;
}

/**
 * Profit before fees of a trade that put in `quote`: `exitQuote - quote` for a long, `quote - exitQuote` for a short.
 * Sides follow no pattern a processor could predict, so the choice is two exact products with 1 or -1.
 */
export function grossProfit(side: i32, quote: f64, exitQuote: f64): f64 {
  const sign = (3 - 2 * side) as f64;
  return sign * exitQuote - sign * quote;
}

/** Cash after closing, before anything is put aside. */
export function afterClose(available: f64, quote: f64, gross: f64, exitFee: f64): f64 {
  return available + quote + gross - exitFee;
}

/** What is put aside of a trade's net profit. */
export function lockedProfit(net: f64, rate: f64): f64 {
  return rate > 0.0 && net > 0.0 ? net * rate : 0.0;
}

/** Total return in percent of the initial cash. */
export function totalReturnPct(available: f64, safe: f64, initial: f64): f64 {
  return ((available + safe) / initial - 1.0) * 100.0;
}
