import { MEASURE_STRIDE, SEGMENT_ENTRY, SEGMENT_SIDE } from "../layout.ts";
import { closeOf, priceBlocksOf } from "../execution/slice.ts";
import { f64At, intField, putF64, recordAt } from "../memory.ts";
import { endMeasure, measureTrade } from "./measure.ts";
import { Plane } from "./plane.ts";
import { priceRange } from "./price_range.ts";

/**
 * Takes down, in the record of every cell, the trade that `foldTrade` is about to book. The closes between the entry and
 * each level's exit are looked at once for all cells.
 */
export function measurePlaneTrade(
  slice: usize,
  plane: Plane,
  segment: usize,
  entryFill: f64,
  measures: usize,
): void {
  const close = closeOf(slice);
  const blocks = priceBlocksOf(slice);
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  const stopCount = plane.stopCount;
  const targetCount = plane.targetCount;
  const ranges = plane.ranges;
  writeRanges(close, blocks, entry, plane.stopBars, stopCount, ranges);
  writeRanges(close, blocks, entry, plane.targetBars, targetCount, ranges + ((stopCount as usize) << 4));
  for (let stop = 0; stop < stopCount; stop++) {
    for (let target = 0; target < targetCount; target++) {
      const cell = stop * plane.lanes + target;
      const stopBar = f64At(plane.stopBars, stop);
      const targetBar = f64At(plane.targetBars, target);
      const stopFirst = stopBar <= targetBar;
      const range = stopFirst ? 2 * stop : 2 * (stopCount + target);
      measureTrade(
        slice,
        recordAt(measures, stop * targetCount + target, MEASURE_STRIDE),
        f64At(plane.cash, cell),
        f64At(plane.safe, cell),
        side,
        entry,
        (stopFirst ? stopBar : targetBar) as i32,
        entryFill,
        stopFirst ? f64At(plane.stopFills, stop) : f64At(plane.targetFills, target),
        f64At(ranges, range),
        f64At(ranges, range + 1),
      );
    }
  }
}

/** Ends the records of all cells. */
export function endPlaneMeasures(plane: Plane, bars: i32, measures: usize): void {
  for (let stop = 0; stop < plane.stopCount; stop++) {
    for (let target = 0; target < plane.targetCount; target++) {
      const cell = stop * plane.lanes + target;
      const measure = recordAt(measures, stop * plane.targetCount + target, MEASURE_STRIDE);
      endMeasure(measure, f64At(plane.cash, cell) + f64At(plane.safe, cell), bars);
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
