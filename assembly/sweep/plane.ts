import { LEVELS_STOP_COUNT, LEVELS_STOPS, LEVELS_TARGET_COUNT, LEVELS_TARGETS } from "../layout.ts";
import { addressField, bytesOf, f64At, intField } from "../memory.ts";

// A risk plane: every pair of a stop and a target, targets running fastest. Levels are fractions of the entry fill,
// ascending, infinite for "off".

/** Address of the stops. */
export function stopsOf(levels: usize): usize {
  return addressField(levels, LEVELS_STOPS);
}

/** How many stops there are; at least one. */
export function stopCountOf(levels: usize): i32 {
  return intField(levels, LEVELS_STOP_COUNT);
}

/** Address of the targets. */
export function targetsOf(levels: usize): usize {
  return addressField(levels, LEVELS_TARGETS);
}

/** How many targets there are; at least one. */
export function targetCountOf(levels: usize): i32 {
  return intField(levels, LEVELS_TARGET_COUNT);
}

/**
 * The accounts of all cells and the exits of one trade, at the head of the working memory. Addresses of f64 arrays: one
 * element per level, per cell (rows of `lanes`), or two per level for the ranges.
 */
@unmanaged
export class Plane {
  stops: usize;
  stopCount: i32;
  targets: usize;
  targetCount: i32;
  /** Cells in a row, made even: two are worked on at a time. */
  lanes: i32;
  /** Bar at which each level ends the trade, and the fill there. */
  stopBars: usize;
  stopFills: usize;
  targetBars: usize;
  targetFills: usize;
  cash: usize;
  safe: usize;
  /** Lowest and highest close up to each exit, stops before targets. */
  ranges: usize;
}

/** Bytes of a plane of that many levels. */
export function planeBytes(stopCount: i32, targetCount: i32): f64 {
  const lanes = evenLanes(targetCount);
  return (headBytes() as f64) + bytesOf(stopCount, 16) + bytesOf(lanes, 16) +
    (stopCount as f64) * bytesOf(lanes, 16) + bytesOf(stopCount, 16) + bytesOf(targetCount, 16);
}

/** The plane of those levels at `work`, with whatever its arrays hold. */
export function planeAt(work: usize, levels: usize): Plane {
  const plane = changetype<Plane>(work);
  const stopCount = stopCountOf(levels);
  const targetCount = targetCountOf(levels);
  const lanes = evenLanes(targetCount);
  assert(stopCount >= 1 && targetCount >= 1);
  plane.stops = stopsOf(levels);
  plane.stopCount = stopCount;
  plane.targets = targetsOf(levels);
  plane.targetCount = targetCount;
  plane.lanes = lanes;
  plane.stopBars = work + headBytes();
  plane.stopFills = after(plane.stopBars, stopCount);
  plane.targetBars = after(plane.stopFills, stopCount);
  plane.targetFills = after(plane.targetBars, lanes);
  plane.cash = after(plane.targetFills, lanes);
  plane.safe = after(plane.cash, stopCount * lanes);
  plane.ranges = after(plane.safe, stopCount * lanes);
  return plane;
}

/** The bar at which the last cell leaves: levels are ascending. */
export function lastExit(plane: Plane): i32 {
  const stopped = f64At(plane.stopBars, plane.stopCount - 1);
  return min<f64>(stopped, f64At(plane.targetBars, plane.targetCount - 1)) as i32;
}

/** Cells in a row of the plane: two are worked on at a time. */
function evenLanes(targetCount: i32): i32 {
  return (targetCount + 1) & ~1;
}

/** Bytes of the record itself, a multiple of 16 so that the arrays are aligned. */
function headBytes(): usize {
  return (offsetof<Plane>() + 15) & ~15;
}

function after(array: usize, count: i32): usize {
  return array + ((count as usize) << 3);
}
