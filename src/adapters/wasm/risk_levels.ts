/** One side's levels as the risk plane wants them. */
export interface RiskLevels {
  /** Fractions of the entry fill, ascending, Infinity for "off". */
  readonly rates: Float64Array;
  /** For each of them its position in the request. */
  readonly order: readonly number[];
}

/** Sorts levels given in percent; null is "off". */
export function sortLevels(levels: readonly (number | null)[]): RiskLevels {
  const rates = levels.map(levelRate);
  const order = levels.map((_, i) => i).sort((a, b) => rates[a] === rates[b] ? a - b : rates[a]! - rates[b]!);
  return { rates: Float64Array.from(order, (i) => rates[i]!), order };
}

/** A level in percent as a fraction of the entry fill; Infinity, which no price reaches, for "off". */
export function levelRate(levelPct: number | null): number {
  return levelPct === null ? Infinity : levelPct / 100;
}
