import type { SweepPlan } from "../core/grid/mod.ts";

/** The base variants that Stage B expands, in the order in which it does. */
export interface ExpandedBases {
  readonly total: number;
  /** Stage A index at a position, `0 <= position < total`. */
  at(position: number): number;
  /** Stage A indexes at positions `[from, to)`. */
  slice(from: number, to: number): readonly number[];
  /** What the base at a position counts as in the index of a variant, whatever the order. */
  numberAt(position: number): number;
  /** Stage A index of that number. */
  withNumber(number: number): number;
}

/** The shortlist in ranked order, or, in a plan that expands all, every base variant in stage A order, never listed. */
export function expandedBases(plan: SweepPlan, shortlist: readonly number[]): ExpandedBases {
  if (!plan.expandsAll) {
    const at = (position: number) => shortlist[position]!;
    const slice = (from: number, to: number) => shortlist.slice(from, to);
    return { total: shortlist.length, at, slice, numberAt: same, withNumber: at };
  }
  return inOrder(plan.stageATotal, same);
}

/** How many of a shortlist come first: enough for a floor that nearly all others are dismissed by. */
const promisingMax = 512;

/**
 * The same base variants with the same numbers, in a plan that expands all the most promising of the shortlist first: a
 * floor that is high from the start saves work, and what is kept does not depend on it. The others are in stage A order,
 * in which neighbours share masks.
 */
export function promisingFirst(plan: SweepPlan, shortlist: readonly number[]): ExpandedBases {
  if (!plan.expandsAll) return expandedBases(plan, shortlist);
  const first = shortlist.slice(0, promisingMax);
  const sorted = first.toSorted((a, b) => a - b);
  return inOrder(
    plan.stageATotal,
    (position) => position < first.length ? first[position]! : without(sorted, position - first.length),
  );
}

function inOrder(total: number, at: (position: number) => number): ExpandedBases {
  const slice = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => at(from + i));
  return { total, at, slice, numberAt: at, withNumber: same };
}

/** The number at a position among all that are not in the list, which is ascending. */
function without(sorted: readonly number[], position: number): number {
  // how many of the list come before it
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! - middle <= position) low = middle + 1;
    else high = middle;
  }
  return position + low;
}

function same(number: number): number {
  return number;
}
