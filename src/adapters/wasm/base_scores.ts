import { type DistinctVariants, groupAlike } from "./distinct_variants.ts";

/** Scores of base variants, each distinct one computed once per session. */
export interface BaseScores {
  /**
   * Writes the scores of the variants from `first` on into `scores`. `compute` writes those of the variants it is given
   * to the start of `scores`; what it throws passes through.
   */
  fill(
    scores: Float64Array,
    options: { readonly first: number; readonly compute: (stageAIndexes: readonly number[]) => void },
  ): void;
}

/** No scores yet. Remembers them only where variants share them: 8 bytes per distinct variant. */
export function createBaseScores(distinct: DistinctVariants): BaseScores {
  const known = distinct.shared ? new Float64Array(distinct.count).fill(NaN) : null;
  return {
    fill(scores, { first, compute }) {
      const variants = Array.from(scores, (_, i) => first + i);
      if (known === null) return compute(variants);
      const numbers = variants.map(distinct.of);
      const missing = groupAlike(numbers).firsts.filter((position) => Number.isNaN(known[numbers[position]]));
      compute(missing.map((position) => variants[position]));
      missing.forEach((position, i) => known[numbers[position]] = scores[i]);
      scores.set(numbers.map((number) => known[number]));
    },
  };
}
