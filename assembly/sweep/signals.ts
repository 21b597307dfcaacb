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
import { OUTCOME_BAD_BAR, SEGMENT_ENTRY, SEGMENT_EXIT, SEGMENT_SIDE, SEGMENT_STRIDE } from "../layout.ts";
import { f32At, intField, putField, recordAt } from "../memory.ts";

/**
 * Total return in percent of trading `segments` without stop and target, equal in every bit to the replay's. NaN when a
 * fill is impossible; the bar is then in the outcome. `close` starts at the slice.
 */
export function scoreSignals(segments: usize, count: i32, close: usize, account: usize, outcome: usize): f64 {
  assert(count >= 0);
  const fee = feeRate(account);
  const share = lockRate(account);
  const most = stakeMax(account);
  let available = initCash(account);
  let safe: f64 = 0;
  putField(outcome, OUTCOME_BAD_BAR, -1);
  for (let k = 0; k < count; k++) {
    const quote = stake(available, most);
    // Cash only changes by trading: once it is used up, it stays so.
    if (!(quote > 0.0)) break;
    const segment = recordAt(segments, k, SEGMENT_STRIDE);
    const side = intField(segment, SEGMENT_SIDE);
    const entry = intField(segment, SEGMENT_ENTRY);
    const exit = intField(segment, SEGMENT_EXIT);
    const entryFill = f32At(close, entry) * entryFactor(account, side);
    const exitFill = f32At(close, exit) * exitFactor(account, side);
    if (!isFill(entryFill) || !isFill(exitFill)) {
      putField(outcome, OUTCOME_BAD_BAR, (isFill(entryFill) ? exit : entry) as f64);
      return NaN;
    }
    const exitQuote = (quote / entryFill) * exitFill;
    const entryFee = quote * fee;
    const exitFee = exitQuote * fee;
    const gross = grossProfit(side, quote, exitQuote);
    const locked = lockedProfit(gross - entryFee - exitFee, share);
    available = afterClose(afterOpen(available, quote, entryFee), quote, gross, exitFee) - locked;
    safe += locked;
  }
  return totalReturnPct(available, safe, initCash(account));
}
