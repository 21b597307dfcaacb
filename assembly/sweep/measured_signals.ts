import { entryFactor, exitFactor, stake, stakeMax } from "../execution/account.ts";
import {
  MEASURE_STRIDE,
  OUTCOME_AVAILABLE,
  OUTCOME_BYTES,
  OUTCOME_SAFE,
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
} from "../layout.ts";
import { f32At, field, i32At, intField, recordAt } from "../memory.ts";
import { endMeasure, measureTrade, startMeasures } from "./measure.ts";
import { priceRange } from "./price_range.ts";
import { longestList, openAccounts, tradeSegment, writeReturns } from "./signals.ts";

/**
 * What `scoreSignals` writes, and for every variant its record of measures. `blocks` are the price blocks of `close` over
 * `bars` bars.
 */
export function measureSignals(
  lists: usize,
  listBytes: i32,
  counts: usize,
  variants: i32,
  close: usize,
  bars: i32,
  blocks: usize,
  account: usize,
  outcomes: usize,
  scores: usize,
  measures: usize,
): void {
  assert(variants >= 0 && bars >= 0);
  openAccounts(account, outcomes, variants);
  startMeasures(measures, variants);
  const longest = longestList(counts, variants);
  for (let k = 0; k < longest; k++) {
    for (let v = 0; v < variants; v++) {
      if (k >= i32At(counts, v)) continue;
      const segment = recordAt(recordAt(lists, v, listBytes), k, SEGMENT_STRIDE);
      const outcome = recordAt(outcomes, v, OUTCOME_BYTES);
      measureSegment(segment, close, blocks, account, outcome, recordAt(measures, v, MEASURE_STRIDE));
      tradeSegment(segment, close, account, outcome);
    }
  }
  for (let v = 0; v < variants; v++) {
    const outcome = recordAt(outcomes, v, OUTCOME_BYTES);
    const equity = field(outcome, OUTCOME_AVAILABLE) + field(outcome, OUTCOME_SAFE);
    endMeasure(recordAt(measures, v, MEASURE_STRIDE), equity, bars);
  }
  writeReturns(account, outcomes, variants, scores);
}

function measureSegment(
  segment: usize,
  close: usize,
  blocks: usize,
  account: usize,
  outcome: usize,
  measure: usize,
): void {
  const available = field(outcome, OUTCOME_AVAILABLE);
  if (!(stake(available, stakeMax(account)) > 0.0)) return;
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  const exit = intField(segment, SEGMENT_EXIT);
  const range = priceRange(close, blocks, entry, exit);
  measureTrade(
    measure,
    account,
    available,
    field(outcome, OUTCOME_SAFE),
    side,
    entry,
    exit,
    f32At(close, entry) * entryFactor(account, side),
    f32At(close, exit) * exitFactor(account, side),
    f64x2.extract_lane(range, 0),
    f64x2.extract_lane(range, 1),
    close,
    blocks,
  );
}
