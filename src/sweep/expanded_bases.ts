import type { SweepPlan } from "../core/grid/mod.ts";

/** The base variants that Stage B expands, in order. */
export interface ExpandedBases {
  readonly total: number;
  /** Stage A index at a position, `0 <= position < total`. */
  at(position: number): number;
  /** Stage A indexes at positions `[from, to)`. */
  slice(from: number, to: number): readonly number[];
}

/** The shortlist in ranked order, or, in a plan that expands all, every base variant in stage A order, never listed. */
export function expandedBases(plan: SweepPlan, shortlist: readonly number[]): ExpandedBases {
  if (!plan.expandsAll) {
    return {
      total: shortlist.length,
      at: (position) => shortlist[position]!,
      slice: (from, to) => shortlist.slice(from, to),
    };
  }
  return {
    total: plan.stageATotal,
    at: (position) => position,
    slice: (from, to) => Array.from({ length: to - from }, (_, i) => from + i),
  };
}
