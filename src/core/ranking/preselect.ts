/** How many base variants Stage A passes on: a number > 0, or `all`, which leaves no winner behind. */
export type Preselect = number | "all";

/** The shortlist of a config that says nothing. */
export const shippedPreselect = 20_000;

/**
 * The length of the shortlist a sweep with `preselect: "all"` is held against: the config's default, or the shipped one
 * where the default itself is `all`.
 */
export function comparedPreselect(preselectDefault: Preselect): number {
  return preselectDefault === "all" ? shippedPreselect : preselectDefault;
}

/** How many of the ranked rows, given by their stage A indexes, have a base variant that is not on a shortlist. */
export function countMissed(rows: readonly number[], shortlist: readonly number[]): number {
  const kept = new Set(shortlist);
  return rows.filter((stageAIndex) => !kept.has(stageAIndex)).length;
}
