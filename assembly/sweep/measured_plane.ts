import { MEASURE_STRIDE, SEGMENT_ENTRY, SEGMENT_SIDE } from "../layout.ts";
import { f64At, intField, putF64, recordAt } from "../memory.ts";
import { endMeasure, measureTrade } from "./measure.ts";
import { evenLanes } from "./risk_fold.ts";
import { priceRange } from "./price_range.ts";

/** Bytes of working memory that `measurePlaneTrade` needs for that many levels of one side, or of both together. */
export function rangeBytes(levels: i32): i32 {
  return levels << 4;
}

/**
 * Takes down, in the record of every cell, the trade that `foldTrade` is about to book. The closes between the entry and
 * each level's exit are looked at once for all cells; `ranges` gets their extremes.
 */
export function measurePlaneTrade(
  segment: usize,
  entryFill: f64,
  close: usize,
  blocks: usize,
  account: usize,
  stopBars: usize,
  stopFills: usize,
  stopCount: i32,
  targetBars: usize,
  targetFills: usize,
  targetCount: i32,
  cash: usize,
  safe: usize,
  ranges: usize,
  measures: usize,
): void {
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  const targetRanges = ranges + (rangeBytes(stopCount) as usize);
  writeRanges(close, blocks, entry, stopBars, stopCount, ranges);
  writeRanges(close, blocks, entry, targetBars, targetCount, targetRanges);
  for (let stop = 0; stop < stopCount; stop++) {
    for (let target = 0; target < targetCount; target++) {
      const cell = stop * evenLanes(targetCount) + target;
      const stopFirst = f64At(stopBars, stop) <= f64At(targetBars, target);
      const range = stopFirst ? 2 * stop : 2 * (stopCount + target);
      measureTrade(
        recordAt(measures, stop * targetCount + target, MEASURE_STRIDE),
        account,
        f64At(cash, cell),
        f64At(safe, cell),
        side,
        entry,
        (stopFirst ? f64At(stopBars, stop) : f64At(targetBars, target)) as i32,
        entryFill,
        stopFirst ? f64At(stopFills, stop) : f64At(targetFills, target),
        f64At(ranges, range),
        f64At(ranges, range + 1),
        close,
        blocks,
      );
    }
  }
}

/** Ends the records of all cells. */
export function endPlaneMeasures(
  cash: usize,
  safe: usize,
  stopCount: i32,
  targetCount: i32,
  bars: i32,
  measures: usize,
): void {
  for (let stop = 0; stop < stopCount; stop++) {
    for (let target = 0; target < targetCount; target++) {
      const cell = stop * evenLanes(targetCount) + target;
      const measure = recordAt(measures, stop * targetCount + target, MEASURE_STRIDE);
      endMeasure(measure, f64At(cash, cell) + f64At(safe, cell), bars);
    }
  }
}

/** Lowest and highest close from the entry to the exit of each level; exits are ascending, so each pass goes on. */
function writeRanges(close: usize, blocks: usize, entry: i32, exits: usize, count: i32, ranges: usize): void {
  let low: f64 = Infinity;
  let high: f64 = -Infinity;
  let from = entry;
  for (let level = 0; level < count; level++) {
    const to = f64At(exits, level) as i32;
    if (to > from) {
      const range = priceRange(close, blocks, from, to);
      low = min<f64>(low, f64x2.extract_lane(range, 0));
      high = max<f64>(high, f64x2.extract_lane(range, 1));
      from = to;
    }
    putF64(ranges, 2 * level, low);
    putF64(ranges, 2 * level + 1, high);
  }
}
