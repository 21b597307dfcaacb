import { keyAt, type NodeKeys } from "./rule_plan.ts";

/** Nodes of one kind whose values share places. */
export interface SharingNodes {
  readonly keys: readonly NodeKeys[];
  /** Of every value that is there, how many were used after it. */
  readonly ages: ReadonlyMap<number, number>;
}

/**
 * The order in which combinations, given by the positions of their parameters, need the fewest values made twice and find
 * most of them in the processor's caches: those with the same value of the most varied node lie together, and those whose
 * value is there come first, the one used last before all, as what is not there pushes out the oldest.
 */
export function evaluationOrder(
  combinations: readonly (readonly number[])[],
  kinds: readonly SharingNodes[],
): readonly number[] {
  const ranks = kinds.flatMap(({ keys, ages }) =>
    keys.map((node) => {
      const values = combinations.map((positions) => keyAt(node, positions));
      // keys are at least 0, so what is there comes first
      const ranked = values.map((key) => ages.has(key) ? ages.get(key)! - ages.size : key);
      return { ranked, distinct: new Set(values).size };
    })
  ).sort((a, b) => b.distinct - a.distinct);
  return combinations.map((_, i) => i).sort((a, b) => {
    for (const { ranked } of ranks) if (ranked[a] !== ranked[b]) return ranked[a]! - ranked[b]!;
    return a - b;
  });
}
