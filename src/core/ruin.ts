/**
 * Whether an account was ruined: nothing of its initial cash is left, or less. It is what a position closed by ruin
 * leaves (see docs/execution.md), and a flat account whose fees took all.
 */
export function isRuined(totalReturnPct: number): boolean {
  return totalReturnPct <= -100;
}
