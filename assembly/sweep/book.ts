import {
  afterClose,
  afterOpen,
  exitQuote,
  feeRate,
  grossProfit,
  lockedProfit,
  lockRate,
  netProfit,
  stake,
  stakeMax,
} from "../execution/account.ts";
import { accountOf, ordersOf } from "../execution/slice.ts";
import { f32At, f64At, putF64 } from "../memory.ts";
import { PAIR_CASH, PAIR_SAFE } from "./accounts.ts";
import { closeFactor, openFactor } from "./orders.ts";
import { barAt, exitRow, sideAt } from "./trade_lists.ts";

/** Books a trade of `quote` into the account whose cash and savings are at `cash` and `safe`; returns its net profit. */
export function bookTrade(
  account: usize,
  cash: usize,
  safe: usize,
  side: i32,
  quote: f64,
  entryFill: f64,
  exitFill: f64,
): f64 {
  const proceeds = exitQuote(quote, entryFill, exitFill);
  const entryFee = quote * feeRate(account);
  const exitFee = proceeds * feeRate(account);
  const gross = grossProfit(side, quote, proceeds);
  const net = netProfit(gross, entryFee, exitFee);
  const locked = lockedProfit(net, lockRate(account));
  const opened = afterOpen(f64At(cash, 0), quote, entryFee);
  putF64(cash, 0, afterClose(opened, quote, gross, exitFee) - locked);
  putF64(safe, 0, f64At(safe, 0) + locked);
  return net;
}

/** The same for a trade of the lists, and the account of `accounts.ts` at `state`, which has cash. */
export function bookListed(slice: usize, entries: usize, lane: i32, state: usize): f64 {
  const account = accountOf(slice);
  const side = sideAt(entries, lane);
  const exit = f32At(ordersOf(slice), barAt(exitRow(entries), lane)) * closeFactor(account, side);
  const quote = stake(f64At(state + PAIR_CASH, 0), stakeMax(account));
  const entry = listedFill(slice, entries, lane);
  return bookTrade(account, state + PAIR_CASH, state + PAIR_SAFE, side, quote, entry, exit);
}

/** What the entry of a listed trade is filled at. */
export function listedFill(slice: usize, entries: usize, lane: i32): f64 {
  return f32At(ordersOf(slice), barAt(entries, lane)) * openFactor(accountOf(slice), sideAt(entries, lane));
}
