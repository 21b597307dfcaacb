import {
  afterClose,
  afterOpen,
  entryFactor,
  exitFactor,
  feeRate,
  grossProfit,
  initCash,
  isFill,
  lockedProfit,
  lockRate,
  stake,
  stakeMax,
  totalReturnPct,
} from "../execution/account.ts";
import {
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_BYTES,
  OUTCOME_SAFE,
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
} from "../layout.ts";
import { f32At, field, i32At, intField, putF64, putField, recordAt } from "../memory.ts";

/**
 * Total returns in percent of some variants without stop and target, equal in every bit to the replay's; NaN where a
 * fill is impossible, the bar is then in that variant's outcome. Variant v trades the first `counts[v]` segments of
 * list v; the lists lie `listBytes` apart. `close` starts at the slice.
 *
 * A trade needs the cash the one before it left, a long chain of dependent divisions and additions. The variants take
 * turns, trade by trade, so that the processor works on several chains at once.
 */
export function scoreSignals(
  lists: usize,
  listBytes: i32,
  counts: usize,
  variants: i32,
  close: usize,
  account: usize,
  outcomes: usize,
  scores: usize,
): void {
  assert(variants >= 0);
  openAccounts(account, outcomes, variants);
  const longest = longestList(counts, variants);
  for (let k = 0; k < longest; k++) {
    for (let v = 0; v < variants; v++) {
      if (k >= i32At(counts, v)) continue;
      const segment = recordAt(recordAt(lists, v, listBytes), k, SEGMENT_STRIDE);
      tradeSegment(segment, close, account, recordAt(outcomes, v, OUTCOME_BYTES));
    }
  }
  writeReturns(account, outcomes, variants, scores);
}

/** Gives every variant its initial cash. */
export function openAccounts(account: usize, outcomes: usize, variants: i32): void {
  for (let v = 0; v < variants; v++) {
    const outcome = recordAt(outcomes, v, OUTCOME_BYTES);
    putField(outcome, OUTCOME_AVAILABLE, initCash(account));
    putField(outcome, OUTCOME_SAFE, 0);
    putField(outcome, OUTCOME_BAD_BAR, -1);
  }
}

/** Segments of the variant that has most of them. */
export function longestList(counts: usize, variants: i32): i32 {
  let longest = 0;
  for (let v = 0; v < variants; v++) longest = max<i32>(longest, i32At(counts, v));
  return longest;
}

/** Writes every variant's total return in percent. */
export function writeReturns(account: usize, outcomes: usize, variants: i32, scores: usize): void {
  for (let v = 0; v < variants; v++) {
    const outcome = recordAt(outcomes, v, OUTCOME_BYTES);
    const available = field(outcome, OUTCOME_AVAILABLE);
    putF64(scores, v, totalReturnPct(available, field(outcome, OUTCOME_SAFE), initCash(account)));
  }
}

/** Opens and closes one trade. Cash of NaN, the mark of an impossible fill, trades no more. */
export function tradeSegment(segment: usize, close: usize, account: usize, outcome: usize): void {
  const available = field(outcome, OUTCOME_AVAILABLE);
  const quote = stake(available, stakeMax(account));
  if (!(quote > 0.0)) return;
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  const exit = intField(segment, SEGMENT_EXIT);
  const entryFill = f32At(close, entry) * entryFactor(account, side);
  const exitFill = f32At(close, exit) * exitFactor(account, side);
  if (!isFill(entryFill) || !isFill(exitFill)) {
    putField(outcome, OUTCOME_AVAILABLE, NaN);
    putField(outcome, OUTCOME_BAD_BAR, (isFill(entryFill) ? exit : entry) as f64);
    return;
  }
  const exitQuote = (quote / entryFill) * exitFill;
  const entryFee = quote * feeRate(account);
  const exitFee = exitQuote * feeRate(account);
  const gross = grossProfit(side, quote, exitQuote);
  const locked = lockedProfit(gross - entryFee - exitFee, lockRate(account));
  const cash = afterClose(afterOpen(available, quote, entryFee), quote, gross, exitFee) - locked;
  putField(outcome, OUTCOME_AVAILABLE, cash);
  putField(outcome, OUTCOME_SAFE, field(outcome, OUTCOME_SAFE) + locked);
}
