import { entryFactor, exitFactor, feeRate, isFill } from "../execution/account.ts";
import { accountOf, closeOf } from "../execution/slice.ts";
import { SEGMENT_ENTRY, SEGMENT_EXIT, SEGMENT_SIDE, SEGMENT_STRIDE, SIDE_LONG } from "../layout.ts";
import { addI64, bytesOf, f32At, f64At, i64At, intField, putF64, putI64, recordAt } from "../memory.ts";
import { skipQuiet } from "./level_hits.ts";
import { stopCountOf, stopsOf, targetCountOf, targetsOf } from "./plane.ts";
import { possibleRuin } from "./ruin_blocks.ts";

/** Logarithms are summed as integers of this many units. */
const UNITS: f64 = 1125899906842624.0;

/** Largest sum of magnitudes whose integer sums cannot wrap around: 2^63 units. */
const MAGNITUDE_MAX: f64 = 8000.0;

/** Smallest factor of a trade whose logarithm is precise enough for thousands of them to stay within 1e-9. */
const FACTOR_MIN: f64 = 1e-3;

/** Bytes of working memory that `estimateRiskPlane` needs for that many stop and target levels. */
export function logPlaneBytes(stopCount: i32, targetCount: i32): f64 {
  return (stopCount as f64) * bytesOf(targetCount, 3 * 8);
}

/**
 * Estimates the total returns of `scoreRiskPlane` without a simulation per cell: within 1e-9 of the larger of initial
 * cash and final equity, for accounts that put all cash into every trade. Returns 1, or 0 when the estimate cannot be
 * trusted: an impossible fill, a trade that loses all but FACTOR_MIN or could be ruined before it ends, or sums that could
 * wrap around.
 *
 * All cash in every trade makes equity a product of one factor per trade, which depends on entry and exit alone; its
 * logarithm is a sum, kept as integers (UNITS a unit), so order does not matter and cells with the same trades get the
 * same sum. In one trade the cells that leave at one bar form rectangles: a stop that is hit takes its row from the
 * first target not yet hit on, a target its column from the first stop not yet hit on, the end takes the rest. Each
 * rectangle is one addition at its corner; prefix sums spread them when all trades are booked.
 */
export function estimateRiskPlane(
  slice: usize,
  levels: usize,
  segments: usize,
  count: i32,
  work: usize,
  scores: usize,
): i32 {
  const stopCount = stopCountOf(levels);
  const targetCount = targetCountOf(levels);
  assert(count >= 0 && stopCount >= 1 && targetCount >= 1);
  for (let i = 0; i < 3 * stopCount * targetCount; i++) putI64(work, i, 0);
  let magnitude: f64 = 0;
  for (let k = 0; k < count; k++) {
    magnitude += bookTrade(slice, levels, recordAt(segments, k, SEGMENT_STRIDE), work);
    // also false for NaN, the mark of a factor that has no logarithm
    if (!(magnitude < MAGNITUDE_MAX)) return 0;
  }
  spread(work, stopCount, targetCount, scores);
  return 1;
}

/**
 * Books one trade into the tables. Returns the largest magnitude of its logarithms, NaN where there is none or where the
 * trade could be ruined while a cell still holds it.
 */
function bookTrade(slice: usize, levels: usize, segment: usize, work: usize): f64 {
  const close = closeOf(slice);
  const account = accountOf(slice);
  const stops = stopsOf(levels);
  const stopCount = stopCountOf(levels);
  const targets = targetsOf(levels);
  const targetCount = targetCountOf(levels);
  const side = intField(segment, SEGMENT_SIDE);
  const isLong = side == SIDE_LONG;
  const exit = intField(segment, SEGMENT_EXIT);
  const entry = intField(segment, SEGMENT_ENTRY);
  const fill = f32At(close, entry) * entryFactor(account, side);
  if (!isFill(fill)) return NaN;
  // a long's stops lie below its fill and its targets above, a short's the other way round
  const stopSign: f64 = isLong ? -1.0 : 1.0;
  const columns = work + ((stopCount * targetCount) << 3);
  const rest = columns + ((stopCount * targetCount) << 3);
  let nextStop = 0;
  let nextTarget = 0;
  let largest: f64 = 0;
  let stopAt = threshold(stops, 0, fill, stopSign);
  let targetAt = threshold(targets, 0, fill, -stopSign);
  let t = entry + 1;
  while (t < exit) {
    t = isLong
      ? skipQuiet(close, t, exit, stopAt as f32, targetAt as f32)
      : skipQuiet(close, t, exit, targetAt as f32, stopAt as f32);
    const last = min<i32>(t + 4, exit);
    for (; t < last; t++) {
      const price = f32At(close, t);
      const hitsStop = isLong ? price <= stopAt : price >= stopAt;
      const hitsTarget = isLong ? price >= targetAt : price <= targetAt;
      if (!hitsStop && !hitsTarget) continue;
      const log = logFactor(price, fill, side, account);
      largest = max<f64>(largest, abs<f64>(log));
      const units = nearest<f64>(log * UNITS) as i64;
      while (isLong ? price <= stopAt : price >= stopAt) {
        addI64(work, nextStop * targetCount + nextTarget, units);
        if (++nextStop == stopCount) {
          return unlessRuined(slice, largest, side, entry, t, fill);
        }
        stopAt = threshold(stops, nextStop, fill, stopSign);
      }
      while (isLong ? price >= targetAt : price <= targetAt) {
        addI64(columns, nextStop * targetCount + nextTarget, units);
        if (++nextTarget == targetCount) {
          return unlessRuined(slice, largest, side, entry, t, fill);
        }
        targetAt = threshold(targets, nextTarget, fill, -stopSign);
      }
    }
  }
  const log = logFactor(f32At(close, exit), fill, side, account);
  addI64(rest, nextStop * targetCount + nextTarget, nearest<f64>(log * UNITS) as i64);
  largest = max<f64>(largest, abs<f64>(log));
  return unlessRuined(slice, largest, side, entry, exit, fill);
}

/** NaN where a position that some cell holds until bar `exit` could be ruined before. */
function unlessRuined(slice: usize, largest: f64, side: i32, entry: i32, exit: i32, fill: f64): f64 {
  return possibleRuin(slice, side, entry, exit, fill) < exit ? NaN : largest;
}

/** Close at which a level is hit: a fraction of the fill below (`sign` -1) or above it; infinite for "off". */
function threshold(levels: usize, index: i32, fill: f64, sign: f64): f64 {
  return fill * (1.0 + sign * f64At(levels, index));
}

/** What one trade multiplies all-in equity by, as a logarithm; NaN when hardly anything is left or no order can be filled. */
function logFactor(price: f64, fill: f64, side: i32, account: usize): f64 {
  const exitFill = price * exitFactor(account, side);
  if (!isFill(exitFill)) return NaN;
  const ratio = exitFill / fill;
  const fee = feeRate(account);
  const factor = side == SIDE_LONG ? ratio * (1.0 - fee) - fee : 2.0 - fee - ratio * (1.0 + fee);
  // what a short leaves is a difference near zero: its rounding, relative to itself, would grow beyond the bound
  return factor > FACTOR_MIN ? Math.log(factor) : NaN;
}

/** Turns the corners into one sum per cell and the sums into returns in percent. */
function spread(work: usize, stopCount: i32, targetCount: i32, scores: usize): void {
  const columns = work + ((stopCount * targetCount) << 3);
  const rest = columns + ((stopCount * targetCount) << 3);
  for (let stop = 0; stop < stopCount; stop++) {
    let rowSum: i64 = 0;
    let restSum: i64 = 0;
    for (let target = 0; target < targetCount; target++) {
      const cell = stop * targetCount + target;
      rowSum += i64At(work, cell);
      restSum += i64At(rest, cell);
      // columns and rest also grow from stop to stop; the row above holds what came so far
      if (stop > 0) addI64(columns, cell, i64At(columns, cell - targetCount));
      const above = stop > 0 ? i64At(rest, cell - targetCount) : 0;
      putI64(rest, cell, restSum + above);
      const sum = rowSum + i64At(columns, cell) + restSum + above;
      putF64(scores, cell, (Math.exp((sum as f64) / UNITS) - 1.0) * 100.0);
    }
  }
}
