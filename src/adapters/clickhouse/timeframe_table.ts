import { isMadeOf, type Timeframe } from "../../core/bars/mod.ts";

/** A table of candles of one timeframe, in the database of the settings. */
export interface TimeframeTable {
  readonly name: string;
  /** Length of its candles. */
  readonly timeframeMs: number;
}

/** The table of minute candles, which is there unless a config names others. */
export const minuteTable: TimeframeTable = { name: "canonical_candles_1m", timeframeMs: 60_000 };

/**
 * The tables that bars of a timeframe can be made from, the one with the longest candles first; all from the shortest on where
 * that is not said, or none fits.
 */
export function fittingTables(
  tables: readonly TimeframeTable[],
  wanted: Timeframe | undefined,
): readonly TimeframeTable[] {
  const ascending = tables.toSorted((a, b) => a.timeframeMs - b.timeframeMs);
  const fitting = wanted === undefined
    ? []
    : ascending.filter(({ timeframeMs }) => isMadeOf(wanted, timeframeMs));
  return fitting.length > 0 ? fitting.toReversed() : ascending;
}
