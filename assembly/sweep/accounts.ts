import { initCash, totalReturnPct } from "../execution/account.ts";
import { accountOf } from "../execution/slice.ts";
import { bytesOf, f64At, putF64 } from "../memory.ts";
import { evenVariants, listBytes, startLists } from "./trade_lists.ts";

/** The accounts of variants that are scored side by side, at the head of the working memory; addresses of one f64 each. */
@unmanaged
export class Accounts {
  variants: i32;
  /** Variants, made even: two are worked on at a time. */
  lanes: i32;
  /** See `trade_lists.ts`. */
  lists: usize;
  /** Trades listed. */
  counts: usize;
  /** 1 where a position is held behind the bars listed so far. */
  open: usize;
  cash: usize;
  safe: usize;
  /** First byte behind them. */
  end: usize;
}

/** Bytes of the accounts of that many variants, lists of trades included. */
export function accountBytes(variants: i32): f64 {
  return (offsetof<Accounts>() as f64) + (listBytes(variants) as f64) +
    bytesOf(evenVariants(variants), 4 * 8);
}

/** Gives every variant its initial cash and no trades. */
export function openAccounts(slice: usize, variants: i32, work: usize): Accounts {
  const accounts = changetype<Accounts>(work);
  const lanes = evenVariants(variants);
  accounts.variants = variants;
  accounts.lanes = lanes;
  accounts.lists = work + offsetof<Accounts>();
  accounts.counts = accounts.lists + (listBytes(variants) as usize);
  accounts.open = after(accounts.counts, lanes);
  accounts.cash = after(accounts.open, lanes);
  accounts.safe = after(accounts.cash, lanes);
  accounts.end = after(accounts.safe, lanes);
  startLists(accounts.lists, variants);
  const initial = initCash(accountOf(slice));
  for (let v = 0; v < lanes; v++) {
    putF64(accounts.counts, v, 0);
    putF64(accounts.open, v, 0);
    putF64(accounts.cash, v, initial);
    putF64(accounts.safe, v, 0);
  }
  return accounts;
}

/** Writes every variant's total return in percent. */
export function endAccounts(slice: usize, accounts: Accounts, scores: usize): void {
  const initial = initCash(accountOf(slice));
  for (let v = 0; v < accounts.variants; v++) {
    putF64(scores, v, totalReturnPct(f64At(accounts.cash, v), f64At(accounts.safe, v), initial));
  }
}

/** Address of element `count` of an f64 array. */
export function after(array: usize, count: i32): usize {
  return array + ((count as usize) << 3);
}
