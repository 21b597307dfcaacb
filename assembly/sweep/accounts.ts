import { initCash, totalReturnPct } from "../execution/account.ts";
import { accountOf } from "../execution/slice.ts";
import { bytesOf, f64At, putF64, recordAt } from "../memory.ts";
import { evenVariants, listBytes, startLists } from "./trade_lists.ts";

/**
 * The accounts of variants that are scored side by side, at the head of the working memory, those of two variants in one
 * record: they are worked on together, and each field of the record has both.
 */
@unmanaged
export class Accounts {
  variants: i32;
  /** Records of two accounts. */
  count: i32;
  /** See `trade_lists.ts`. */
  lists: usize;
  /** The first record. */
  pairs: usize;
}

/** The same with room for what is measured of them. */
@unmanaged
export class MeasuredAccounts extends Accounts {
  slice: usize;
  /** See `listTrades`. */
  masks: usize;
  indicators: i32;
  sides: i32;
  /** What is known of every chunk of bars; see `chunk_bounds.ts`. */
  chunks: usize;
  /** A record of its own, for looking at single chunks again. */
  spare: usize;
}

const HEAD_BYTES = 48;

// Offsets of the fields of a record, two f64 each.

export const PAIR_CASH = 0;
export const PAIR_SAFE = 16;
/** Trades listed. */
export const PAIR_COUNT = 32;
/** 1 where a position is held behind the bars listed so far. */
export const PAIR_OPEN = 48;
/** Lowest and highest cash without a position in the bars listed last; see `chunk_bounds.ts`. */
export const PAIR_LOWEST = 64;
export const PAIR_HIGHEST = 80;
/** Sums of the net profits above and below 0. */
export const PAIR_PROFIT = 96;
export const PAIR_LOSS = 112;
/** How many trades were made. */
export const PAIR_MADE = 128;
export const PAIR_BYTES = 144;

/** Bytes of the accounts of that many variants, lists of trades included. */
export function accountBytes(variants: i32): f64 {
  return (HEAD_BYTES as f64) + (listBytes(variants) as f64) +
    bytesOf(evenVariants(variants) >> 1, PAIR_BYTES);
}

/** Gives every variant its initial cash and no trades. */
export function openAccounts<Kind extends Accounts>(slice: usize, variants: i32, work: usize): Kind {
  const accounts = changetype<Kind>(work);
  const count = evenVariants(variants) >> 1;
  accounts.variants = variants;
  accounts.count = count;
  accounts.lists = work + HEAD_BYTES;
  accounts.pairs = accounts.lists + (listBytes(variants) as usize);
  startLists(accounts.lists, variants);
  memory.fill(accounts.pairs, 0, count * PAIR_BYTES);
  const initial = initCash(accountOf(slice));
  for (let v = 0; v < 2 * count; v++) putF64(accountAt(accounts, v) + PAIR_CASH, 0, initial);
  return accounts;
}

/** What the fields of one account are offset from. */
export function accountAt(accounts: Accounts, variant: i32): usize {
  return recordAt(accounts.pairs, variant >> 1, PAIR_BYTES) + ((variant & 1) << 3);
}

/** Writes every variant's total return in percent. */
export function endAccounts(slice: usize, accounts: Accounts, scores: usize): void {
  const initial = initCash(accountOf(slice));
  for (let v = 0; v < accounts.variants; v++) {
    const account = accountAt(accounts, v);
    putF64(scores, v, totalReturnPct(f64At(account + PAIR_CASH, 0), f64At(account + PAIR_SAFE, 0), initial));
  }
}
