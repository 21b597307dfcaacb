import {
  afterClose,
  afterOpen,
  exitFactor,
  exitQuote,
  feeRate,
  grossProfit,
  isFill,
  lockedProfit,
  lockRate,
  netProfit,
  stake,
  stakeMax,
} from "../execution/account.ts";
import { ruinBar } from "../execution/ruin.ts";
import { MEASURE_STRIDE, OUTCOME_BAD_BAR, SEGMENT_ENTRY, SEGMENT_SIDE } from "../layout.ts";
import { f32At, f64At, intField, putF64, putField, recordAt } from "../memory.ts";
import { measureTrade } from "./measure.ts";
import { priceRange } from "./price_range.ts";
import { evenLanes } from "./risk_fold.ts";

/**
 * What `foldTrade` and `measurePlaneTrade` do with one trade, cell by cell, for a trade that can ruin the account of a
 * cell before it leaves by its levels: not before bar `ruin`. `measures` is 0 where nothing is measured.
 */
export function foldRuinous(
  segment: usize,
  entryFill: f64,
  ruin: i32,
  close: usize,
  blocks: usize,
  account: usize,
  stopBars: usize,
  stopCount: i32,
  targetBars: usize,
  targetCount: i32,
  cash: usize,
  safe: usize,
  measures: usize,
  outcome: usize,
): void {
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  const fee = feeRate(account);
  for (let stop = 0; stop < stopCount; stop++) {
    for (let target = 0; target < targetCount; target++) {
      const cell = stop * evenLanes(targetCount) + target;
      const available = f64At(cash, cell);
      const aside = f64At(safe, cell);
      const quote = stake(available, stakeMax(account));
      if (!(quote > 0.0)) continue;
      const leaves = min<f64>(f64At(stopBars, stop), f64At(targetBars, target)) as i32;
      const exit = ruinBar(
        side,
        close,
        min<i32>(ruin, leaves),
        leaves,
        entryFill,
        quote,
        available,
        aside,
        account,
      );
      const exitFill = fillAt(close, exit, exitFactor(account, side), outcome);
      if (measures != 0) {
        const range = priceRange(close, blocks, entry, exit);
        measureTrade(
          recordAt(measures, stop * targetCount + target, MEASURE_STRIDE),
          account,
          available,
          aside,
          side,
          entry,
          exit,
          entryFill,
          exitFill,
          f64x2.extract_lane(range, 0),
          f64x2.extract_lane(range, 1),
          close,
          blocks,
        );
      }
      const proceeds = exitQuote(quote, entryFill, exitFill);
      const entryFee = quote * fee;
      const exitFee = proceeds * fee;
      const gross = grossProfit(side, quote, proceeds);
      const locked = lockedProfit(netProfit(gross, entryFee, exitFee), lockRate(account));
      putF64(cash, cell, afterClose(afterOpen(available, quote, entryFee), quote, gross, exitFee) - locked);
      putF64(safe, cell, aside + locked);
    }
  }
}

/** NaN where no order can be filled: it reaches the score of just the cells that needed this fill. */
export function fillAt(close: usize, bar: i32, factor: f64, outcome: usize): f64 {
  const price = f32At(close, bar) * factor;
  if (isFill(price)) return price;
  putField(outcome, OUTCOME_BAD_BAR, bar as f64);
  return NaN;
}
