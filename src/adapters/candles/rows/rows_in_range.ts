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
 * The rows whose open time lies in the range, without those that no candle can be like: copies where they are the lesser
 * part of all, so that these can be forgotten, else parts of the same columns. Throws
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
  const isMost = 2 * (to - from) > candles.tsOpenMs.length;
  const part = <Column extends Float32Array | Float64Array>(column: Column) =>
    (isMost ? column.subarray(from, to) : column.slice(from, to)) as Column;
  const inRange = {
    candles: {
      tsOpenMs: part(candles.tsOpenMs),
      open: part(candles.open),
      high: part(candles.high),
      low: part(candles.low),
      close: part(candles.close),
      volume: part(candles.volume),
    },
    ...facts,
    ...mapFurther(facts, part),
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
