import type { Selection } from "../../ports/compute.ts";
import type { ScoreColumns } from "./score_columns.ts";
import type { VariantScorer } from "./variant_scorer.ts";

/** What the planes of some bases are scored with. */
export interface PlaneScoring {
  readonly scorer: VariantScorer;
  /** Plane `i` is written to cells `[i * cells, (i + 1) * cells)`. */
  readonly columns: ScoreColumns;
  readonly cells: number;
  readonly selection: Selection;
}

/**
 * Scores the planes of distinct bases. Where estimates are to be had, only stops and targets of cells that can pass the
 * selection are scored exactly; all other cells are filled with `-Infinity`. What is selected is exact in every bit either
 * way.
 */
export function scorePlanes(bases: readonly number[], scoring: PlaneScoring): void {
  const { scorer, columns, cells, selection } = scoring;
  const target = (i: number) => ({ columns, position: i * cells });
  const scores = columns.scores.subarray(0, bases.length * cells);
  const everyCellPasses = selection.floor === -Infinity && scores.length <= selection.keep;
  const estimated = bases.map((base, i) => {
    if (!everyCellPasses && scorer.estimatePlane(base, target(i))) return true;
    scorer.scorePlane(base, target(i));
    return false;
  });
  if (!estimated.includes(true)) return;
  const least = leastEstimate(scores, scoring);
  bases.forEach((base, i) => {
    if (!estimated[i]) return;
    const passing: number[] = [];
    for (let cell = 0; cell < cells; cell++) {
      const estimate = scores[i * cells + cell]!;
      if (estimate + tolerance(estimate) >= least) passing.push(cell);
    }
    scores.fill(-Infinity, i * cells, (i + 1) * cells);
    if (passing.length > 0) scorer.scoreCells(base, passing, target(i));
  });
}

/** No cell whose estimate is clearly below this can be selected: enough others are above it, or it is below the floor. */
function leastEstimate(scores: Float64Array, { scorer, selection: { keep, floor } }: PlaneScoring): number {
  const kth = scores.length > keep ? scorer.nthBest(scores.length, keep) : -Infinity;
  const cutoff = Math.max(floor, kth);
  return cutoff - tolerance(cutoff);
}

/** Largest error of an estimated return in percent: 1e-9 of the larger of initial cash and final equity. */
function tolerance(returnPct: number): number {
  return 1e-7 * Math.max(1, 1 + returnPct / 100);
}
