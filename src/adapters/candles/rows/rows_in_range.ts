import {
  type BadRows,
  type BarGrid,
  type Instrument,
  judgedSeries,
  mapFurther,
  missingColumn,
  type StoredSeries,
  type TimeRange,
  uncoveredRange,
} from "../../../core/bars/mod.ts";

/** What a candle source is asked for. */
export interface CandleQuery {
  readonly instrument: Instrument;
  readonly range: TimeRange;
  readonly grid?: BarGrid | undefined;
  readonly columns?: readonly string[] | undefined;
}

/** A whole series, and what it is called. */
export interface SeriesInRange {
  readonly series: StoredSeries;
  readonly badRows: BadRows;
  /** Name of the file in error texts. */
  readonly label: string;
  /** Such as ` line 102`; left out where rows are not on lines. */
  readonly place?: (row: number) => string;
}

/**
 * Copies of the rows whose open time lies in the range, without those that no candle can be like. Throws
 * `no_candles` when the range has none, a `validation_error` when bad rows are refused or a wanted column is not there.
 */
export function rowsInRange(
  { series: { candles, ...facts }, badRows, label, place }: SeriesInRange,
  query: CandleQuery,
): StoredSeries {
  const { startMs, endMs } = query.range;
  const missing = query.columns?.find((name) => facts.further?.has(name) !== true);
  if (missing !== undefined) {
    throw missingColumn(missing, { label: JSON.stringify(label), there: [...facts.further?.keys() ?? []] });
  }
  const from = firstAtOrAfter(candles.tsOpenMs, startMs);
  const to = firstAtOrAfter(candles.tsOpenMs, endMs);
  if (from >= to) {
    const covers = candles.tsOpenMs.length === 0 ? null : facts.covers;
    throw uncoveredRange({ ...query, withWarmUp: true, covers });
  }
  const inRange = {
    candles: {
      tsOpenMs: candles.tsOpenMs.slice(from, to),
      open: candles.open.slice(from, to),
      high: candles.high.slice(from, to),
      low: candles.low.slice(from, to),
      close: candles.close.slice(from, to),
      volume: candles.volume.slice(from, to),
    },
    ...facts,
    ...mapFurther(facts, (column) => column.slice(from, to)),
  };
  return judgedSeries(inRange, {
    badRows,
    label: JSON.stringify(label),
    ...(place ? { place: (row: number) => place(from + row) } : {}),
  });
}

function firstAtOrAfter(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
