import { exitFactor, isFill, stake, stakeMax } from "../execution/account.ts";
import { ruinBar } from "../execution/ruin.ts";
import { accountOf, closeOf, priceBlocksOf } from "../execution/slice.ts";
import { MEASURE_STRIDE, OUTCOME_BAD_BAR, SEGMENT_ENTRY, SEGMENT_SIDE } from "../layout.ts";
import { f32At, f64At, intField, putField, recordAt } from "../memory.ts";
import { bookTrade } from "./book.ts";
import { measureTrade } from "./measure.ts";
import { Plane } from "./plane.ts";
import { priceRange } from "./price_range.ts";

/**
 * What `foldTrade` and `measurePlaneTrade` do with one trade, cell by cell, for a trade that can ruin the account of a
 * cell before it leaves by its levels: not before bar `ruin`. `measures` is 0 where nothing is measured.
 */
export function foldRuinous(
  slice: usize,
  plane: Plane,
  segment: usize,
  entryFill: f64,
  ruin: i32,
  outcome: usize,
  measures: usize,
): void {
  const close = closeOf(slice);
  const account = accountOf(slice);
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  for (let stop = 0; stop < plane.stopCount; stop++) {
    for (let target = 0; target < plane.targetCount; target++) {
      const cell = stop * plane.lanes + target;
      const available = f64At(plane.cash, cell);
      const aside = f64At(plane.safe, cell);
      const quote = stake(available, stakeMax(account));
      if (!(quote > 0.0)) continue;
      const leaves = min<f64>(f64At(plane.stopBars, stop), f64At(plane.targetBars, target)) as i32;
      const exit = ruinBar(slice, side, min<i32>(ruin, leaves), leaves, entryFill, quote, available, aside);
      const exitFill = fillAt(close, exit, exitFactor(account, side), outcome);
      if (measures != 0) {
        const range = priceRange(close, priceBlocksOf(slice), entry, exit);
        measureTrade(
          slice,
          recordAt(measures, stop * plane.targetCount + target, MEASURE_STRIDE),
          available,
          aside,
          side,
          entry,
          exit,
          entryFill,
          exitFill,
          f64x2.extract_lane(range, 0),
          f64x2.extract_lane(range, 1),
        );
      }
      const at = (cell as usize) << 3;
      bookTrade(account, plane.cash + at, plane.safe + at, side, quote, entryFill, exitFill);
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
