/** The number, null where there is none: JSON has no other. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
