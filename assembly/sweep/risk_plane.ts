import { entryFactor, exitFactor, initCash, totalReturnPct } from "../execution/account.ts";
import { accountOf, barsOf, closeOf } from "../execution/slice.ts";
import {
  OUTCOME_BAD_BAR,
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
  SIDE_LONG,
} from "../layout.ts";
import { f64At, intField, putF64, putField, recordAt } from "../memory.ts";
import { findHits } from "./level_hits.ts";
import { endPlaneMeasures, measurePlaneTrade } from "./measured_plane.ts";
import { startMeasures } from "./measure.ts";
import { lastExit, Plane, planeAt, planeBytes } from "./plane.ts";
import { possibleRuin } from "./ruin_blocks.ts";
import { foldTrade } from "./risk_fold.ts";
import { fillAt, foldRuinous } from "./ruinous_fold.ts";

/** Bytes of working memory that `scoreRiskPlane` needs for that many stop and target levels. */
export function riskPlaneBytes(stopCount: i32, targetCount: i32): f64 {
  return planeBytes(stopCount, targetCount);
}

/**
 * Total returns in percent of trading `count` segments with every pair of a stop and a target level, equal in every bit to
 * the replay's: `scores[stop * targetCount + target]`. Returns 1, or 0 when a fill is impossible; the bar is then in the
 * outcome.
 *
 * One call trades segments `[from, to)`. The accounts are opened at segment 0 and kept in `work`, so a list can be traded
 * in pages from the first segment to the last, between which the host may stop; scores and measures are those of the last.
 *
 * The bars of a segment are read once for all levels, and one trade is folded into all cells at once.
 *
 * Unless `measures` is 0, it gets a record of measures for every cell, in the order of the scores; the slice then has the
 * tables for measuring.
 */
export function scoreRiskPlane(
  slice: usize,
  levels: usize,
  segments: usize,
  count: i32,
  from: i32,
  to: i32,
  work: usize,
  scores: usize,
  outcome: usize,
  measures: usize,
): i32 {
  assert(from >= 0 && to <= count);
  const plane = planeAt(work, levels);
  const account = accountOf(slice);
  if (from == 0) {
    openPlane(plane, initCash(account));
    putField(outcome, OUTCOME_BAD_BAR, -1);
    if (measures != 0) startMeasures(account, measures, plane.stopCount * plane.targetCount);
  }
  for (let k = from; k < to; k++) {
    foldSegment(slice, plane, recordAt(segments, k, SEGMENT_STRIDE), outcome, measures);
  }
  if (to < count) return 1;
  if (measures != 0) endPlaneMeasures(plane, barsOf(slice), measures);
  return writeScores(plane, initCash(account), scores);
}

/** Gives every cell its initial cash. */
function openPlane(plane: Plane, initial: f64): void {
  const cells = plane.stopCount * plane.lanes;
  fill(plane.targetBars, 2 * plane.lanes, 0);
  fill(plane.cash, cells, initial);
  fill(plane.safe, cells, 0);
}

/** Trades one segment in every cell. */
function foldSegment(slice: usize, plane: Plane, segment: usize, outcome: usize, measures: usize): void {
  const close = closeOf(slice);
  const account = accountOf(slice);
  const side = intField(segment, SEGMENT_SIDE);
  const entry = intField(segment, SEGMENT_ENTRY);
  const entryFill = fillAt(close, entry, entryFactor(account, side), outcome);
  findExits(plane, segment, entryFill, close);
  const factor = exitFactor(account, side);
  writeFills(close, factor, plane.stopBars, plane.stopFills, plane.stopCount, outcome);
  writeFills(close, factor, plane.targetBars, plane.targetFills, plane.targetCount, outcome);
  const last = lastExit(plane);
  const ruin = possibleRuin(slice, side, entry, last, entryFill);
  if (ruin < last) {
    foldRuinous(slice, plane, segment, entryFill, ruin, outcome, measures);
    return;
  }
  if (measures != 0) measurePlaneTrade(slice, plane, segment, entryFill, measures);
  foldTrade(plane, side == SIDE_LONG, entryFill, account);
}

/** Writes the bar at which each level ends the position; a short falls to its targets and rises to its stops. */
function findExits(plane: Plane, segment: usize, entryFill: f64, close: usize): void {
  const entry = intField(segment, SEGMENT_ENTRY);
  const exit = intField(segment, SEGMENT_EXIT);
  const stops = plane.stops;
  const stopCount = plane.stopCount;
  const stopBars = plane.stopBars;
  const targets = plane.targets;
  const targetCount = plane.targetCount;
  const targetBars = plane.targetBars;
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

function writeScores(plane: Plane, initial: f64, scores: usize): i32 {
  let valid = 1;
  for (let stop = 0; stop < plane.stopCount; stop++) {
    for (let target = 0; target < plane.targetCount; target++) {
      const cell = stop * plane.lanes + target;
      const score = totalReturnPct(f64At(plane.cash, cell), f64At(plane.safe, cell), initial);
      if (!isFinite<f64>(score)) valid = 0;
      putF64(scores, stop * plane.targetCount + target, score);
    }
  }
  return valid;
}

function fill(array: usize, count: i32, value: f64): void {
  for (let i = 0; i < count; i++) putF64(array, i, value);
}
