import { entryFactor, exitFactor, initCash, totalReturnPct } from "../execution/account.ts";
import {
  OUTCOME_BAD_BAR,
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
  SIDE_LONG,
} from "../layout.ts";
import { bytesOf, f64At, intField, putF64, putField, recordAt } from "../memory.ts";
import { findHits } from "./level_hits.ts";
import { endPlaneMeasures, measurePlaneTrade, rangeBytes } from "./measured_plane.ts";
import { startMeasures } from "./measure.ts";
import { possibleRuin } from "./ruin_blocks.ts";
import { evenLanes, foldTrade } from "./risk_fold.ts";
import { fillAt, foldRuinous } from "./ruinous_fold.ts";

/** Bytes of working memory that `scoreRiskPlane` needs for that many stop and target levels. */
export function riskPlaneBytes(stopCount: i32, targetCount: i32): f64 {
  const lanes = evenLanes(targetCount);
  return bytesOf(stopCount, 16) + bytesOf(lanes, 16) + (stopCount as f64) * bytesOf(lanes, 16) +
    (rangeBytes(stopCount + targetCount) as f64);
}

/**
 * Total returns in percent of trading `count` segments with every pair of a stop and a target level, equal in every bit to
 * the replay's: `scores[stop * targetCount + target]`. Levels are fractions of the entry fill, ascending, infinite for
 * "off". Returns 1, or 0 when a fill is impossible; the bar is then in the outcome. `close` starts at the slice.
 *
 * One call trades segments `[from, to)`. The accounts are opened at segment 0 and kept in `work`, so a list can be traded
 * in pages from the first segment to the last, between which the host may stop; scores and measures are those of the last.
 *
 * The bars of a segment are read once for all levels, and one trade is folded into all cells at once.
 *
 * Unless `measures` is 0, it gets a record of measures for every cell, in the order of the scores; `blocks` are then the
 * price blocks of `close` over `bars` bars.
 */
export function scoreRiskPlane(
  segments: usize,
  count: i32,
  from: i32,
  to: i32,
  close: usize,
  account: usize,
  stops: usize,
  stopCount: i32,
  targets: usize,
  targetCount: i32,
  work: usize,
  scores: usize,
  outcome: usize,
  bars: i32,
  ruinBlocks: usize,
  blocks: usize,
  measures: usize,
): i32 {
  assert(from >= 0 && to <= count && stopCount >= 1 && targetCount >= 1);
  const lanes = evenLanes(targetCount);
  const stopBars = work;
  const stopFills = after(stopBars, stopCount);
  const targetBars = after(stopFills, stopCount);
  const targetFills = after(targetBars, lanes);
  const cash = after(targetFills, lanes);
  const safe = after(cash, stopCount * lanes);
  const ranges = after(safe, stopCount * lanes);
  if (from == 0) {
    fill(targetBars, 2 * lanes, 0);
    fill(cash, stopCount * lanes, initCash(account));
    fill(safe, stopCount * lanes, 0);
    putField(outcome, OUTCOME_BAD_BAR, -1);
    if (measures != 0) startMeasures(account, measures, stopCount * targetCount);
  }
  for (let k = from; k < to; k++) {
    const segment = recordAt(segments, k, SEGMENT_STRIDE);
    const side = intField(segment, SEGMENT_SIDE);
    const entryFill = fillAt(close, intField(segment, SEGMENT_ENTRY), entryFactor(account, side), outcome);
    findExits(segment, entryFill, close, stops, stopCount, stopBars, targets, targetCount, targetBars);
    writeFills(close, exitFactor(account, side), stopBars, stopFills, stopCount, outcome);
    writeFills(close, exitFactor(account, side), targetBars, targetFills, targetCount, outcome);
    const entry = intField(segment, SEGMENT_ENTRY);
    const last = lastExit(stopBars, stopCount, targetBars, targetCount);
    const ruin = possibleRuin(side, close, entry, last, entryFill, account, ruinBlocks);
    if (ruin < last) {
      foldRuinous(
        segment,
        entryFill,
        ruin,
        close,
        blocks,
        account,
        stopBars,
        stopCount,
        targetBars,
        targetCount,
        cash,
        safe,
        measures,
        outcome,
      );
      continue;
    }
    if (measures != 0) {
      measurePlaneTrade(
        segment,
        entryFill,
        close,
        blocks,
        account,
        stopBars,
        stopFills,
        stopCount,
        targetBars,
        targetFills,
        targetCount,
        cash,
        safe,
        ranges,
        measures,
      );
    }
    foldTrade(
      side == SIDE_LONG,
      entryFill,
      account,
      stopBars,
      stopFills,
      stopCount,
      targetBars,
      targetFills,
      lanes,
      cash,
      safe,
    );
  }
  if (to < count) return 1;
  if (measures != 0) endPlaneMeasures(cash, safe, stopCount, targetCount, bars, measures);
  return writeScores(cash, safe, initCash(account), stopCount, targetCount, scores);
}

/** The bar at which the last cell leaves: levels are ascending. */
function lastExit(stopBars: usize, stopCount: i32, targetBars: usize, targetCount: i32): i32 {
  return min<f64>(f64At(stopBars, stopCount - 1), f64At(targetBars, targetCount - 1)) as i32;
}

/** Writes the bar at which each level ends the position; a short falls to its targets and rises to its stops. */
function findExits(
  segment: usize,
  entryFill: f64,
  close: usize,
  stops: usize,
  stopCount: i32,
  stopBars: usize,
  targets: usize,
  targetCount: i32,
  targetBars: usize,
): void {
  const entry = intField(segment, SEGMENT_ENTRY);
  const exit = intField(segment, SEGMENT_EXIT);
  if (intField(segment, SEGMENT_SIDE) == SIDE_LONG) {
    findHits(close, entry, exit, entryFill, stops, stopCount, stopBars, targets, targetCount, targetBars);
  } else {
    findHits(close, entry, exit, entryFill, targets, targetCount, targetBars, stops, stopCount, stopBars);
  }
}

function writeFills(close: usize, factor: f64, bars: usize, fills: usize, count: i32, outcome: usize): void {
  for (let level = 0; level < count; level++) {
    putF64(fills, level, fillAt(close, f64At(bars, level) as i32, factor, outcome));
  }
}

function writeScores(
  cash: usize,
  safe: usize,
  initial: f64,
  stopCount: i32,
  targetCount: i32,
  scores: usize,
): i32 {
  const lanes = evenLanes(targetCount);
  let valid = 1;
  for (let stop = 0; stop < stopCount; stop++) {
    for (let target = 0; target < targetCount; target++) {
      const cell = stop * lanes + target;
      const score = totalReturnPct(f64At(cash, cell), f64At(safe, cell), initial);
      if (!isFinite<f64>(score)) valid = 0;
      putF64(scores, stop * targetCount + target, score);
    }
  }
  return valid;
}

function after(array: usize, count: i32): usize {
  return array + ((count as usize) << 3);
}

function fill(array: usize, count: i32, value: f64): void {
  for (let i = 0; i < count; i++) putF64(array, i, value);
}
