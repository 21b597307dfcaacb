import { findIndicator } from "./catalogue.ts";
import type { ChosenValues } from "./lookback_terms.ts";

/**
 * How many bars must lie before a bar so that the indicator's value on it is complete: every bar its window reads is
 * there, and of a recursive one 1 % of the seed is left. 19 for a simple average over 20 bars. `values` holds every
 * axis by name; others are ignored. Throws RangeError for an unknown id or a missing axis.
 */
export function lookbackBars(indicatorId: string, values: ChosenValues): number {
  const definition = findIndicator(indicatorId);
  if (definition === undefined) throw new RangeError(`no indicator has the id ${indicatorId}`);
  return definition.lookback.bars(values);
}
