/** How many of the ranked rows, given by their stage A indexes, have a base variant that is not on a shortlist. */
export function countMissed(rows: readonly number[], shortlist: readonly number[]): number {
  const kept = new Set(shortlist);
  return rows.filter((stageAIndex) => !kept.has(stageAIndex)).length;
}
