import { barGrid, type CandleColumns, type DayStart } from "../../../core/bars/mod.ts";
import { higherCandles } from "../../../core/rules/mod.ts";

/** Bars that expressions are evaluated on. */
export interface RuleBars {
  readonly candles: CandleColumns;
  /** Further columns by name, NaN where unknown. */
  readonly columns: Readonly<Record<string, Float32Array>>;
  /** Of a higher timeframe: per bar below which of these is known, -1 for none. */
  readonly steps: Int32Array<ArrayBuffer> | null;
}

/** What is known of a series that rules are evaluated on. */
export interface RuleSeries {
  readonly candles: CandleColumns;
  readonly timeframeMs: number;
  /** Close of every bar, where bars are not all of one length. */
  readonly tsCloseMs?: Float64Array;
  readonly columns?: Readonly<Record<string, Float32Array>>;
  /** Where the market's days start; null for midnight UTC. */
  readonly dayStart?: DayStart | null;
}

/** The bars themselves under null, and rolled up to every timeframe. */
export function ruleBars(
  series: RuleSeries,
  timeframes: readonly string[],
): ReadonlyMap<string | null, RuleBars> {
  const { candles, timeframeMs, tsCloseMs, columns = {}, dayStart = null } = series;
  const bars = new Map<string | null, RuleBars>([[null, { candles, columns, steps: null }]]);
  const closeMs = tsCloseMs ?? candles.tsOpenMs.map((openMs) => openMs + timeframeMs);
  for (const timeframe of timeframes) {
    bars.set(timeframe, higherCandles({ candles, closeMs, columns }, barGrid(timeframe, dayStart)));
  }
  return bars;
}
