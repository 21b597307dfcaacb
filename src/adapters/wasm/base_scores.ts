import { type DistinctVariants, groupAlike } from "./distinct_variants.ts";
import { distinctColumns, type ScoreColumns } from "./score_columns.ts";

/** Scores of base variants, each distinct one computed once per session. */
export interface BaseScores {
  /**
   * Fills the columns with the variants from `first` on. `compute` writes those of the variants it is given to the start
   * of the columns; what it throws passes through.
   */
  fill(
    columns: ScoreColumns,
    options: { readonly first: number; readonly compute: (stageAIndexes: readonly number[]) => void },
  ): void;
}

/** Distinct variants whose scores are remembered, 8 bytes per column each; a larger sweep computes shared ones again. */
const rememberedMax = 1 << 20;

/** No scores yet. Remembers them only where variants share them. */
export function createBaseScores(distinct: DistinctVariants): BaseScores {
  const known: Float64Array[] = [];
  const remembering = distinct.shared && distinct.count <= rememberedMax;
  const remembered = (column: number) => known[column] ??= new Float64Array(distinct.count).fill(NaN);
  return {
    fill(columns, { first, compute }) {
      const variants = Array.from(columns.scores, (_, i) => first + i);
      if (!remembering) return compute(variants);
      const numbers = variants.map(distinct.of);
      const missing = groupAlike(numbers).firsts
        .filter((position) => Number.isNaN(remembered(0)[numbers[position]!]));
      compute(missing.map((position) => variants[position]!));
      distinctColumns(columns).forEach((column, c) => {
        const values = remembered(c);
        missing.forEach((position, i) => values[numbers[position]!] = column[i]!);
        column.set(numbers.map((number) => values[number]!));
      });
    },
  };
}
