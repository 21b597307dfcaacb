/**
 * Whether an account was ruined: nothing of its initial cash is left, or less. It is what a position closed by ruin
 * leaves (see docs/execution.md), and a flat account whose fees took all.
 */
export function isRuined(totalReturnPct: number): boolean {
  return totalReturnPct <= -100;
}

/** The member `ruined` of a ranked row, which only a ruined one has. */
export function ruinedMember(totalReturnPct: number): { readonly ruined?: true } {
  return isRuined(totalReturnPct) ? { ruined: true } : {};
}
