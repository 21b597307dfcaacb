import { accountBytes, Accounts, endAccounts, openAccounts } from "./accounts.ts";
import { tradeSignals } from "./signal_walk.ts";

/** Bytes of working memory that `scoreSignals` needs for that many variants. */
export function signalBytes(variants: i32): f64 {
  return accountBytes(variants);
}

/**
 * Total returns in percent of some variants without stop and target, equal in every bit to the replay's; NaN where a
 * fill is impossible. `masks` names, variant by variant, the long and the short mask of every indicator.
 */
export function scoreSignals(
  slice: usize,
  masks: usize,
  indicators: i32,
  sides: i32,
  variants: i32,
  work: usize,
  scores: usize,
): void {
  assert(variants >= 0);
  const accounts = openAccounts<Accounts>(slice, variants, work);
  tradeSignals<Accounts>(slice, accounts, masks, indicators, sides);
  endAccounts(slice, accounts, scores);
}
