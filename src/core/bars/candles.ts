/** Candle rows as columns of equal length. Prices and volumes are f32 (NaN = missing), times are epoch ms UTC. */
export interface CandleColumns {
  readonly tsOpenMs: Float64Array<ArrayBuffer>;
  readonly open: Float32Array<ArrayBuffer>;
  readonly high: Float32Array<ArrayBuffer>;
  readonly low: Float32Array<ArrayBuffer>;
  readonly close: Float32Array<ArrayBuffer>;
  readonly volume: Float32Array<ArrayBuffer>;
}

/** Bars of one timeframe, ascending, with the half-open range of bars that is traded and measured. */
export interface Timeline {
  readonly candles: CandleColumns;
  /** Length of the bars. */
  readonly timeframeMs: number;
  /** Close of every bar, epoch ms, where bars are not all `timeframeMs` long: a day on which clocks change is not. */
  readonly tsCloseMs?: Float64Array<ArrayBuffer>;
  /** Bars `[start, stop)` whose close time lies in the requested range; the bars before are warm-up. */
  readonly slice: BarSlice;
}

/** A time of every bar whose differences are those between closes; without a copy where all bars are of one length. */
export function closeClock({ candles, tsCloseMs }: Timeline): Float64Array<ArrayBuffer> {
  return tsCloseMs ?? candles.tsOpenMs;
}

/** Half-open range of bar indexes. */
export interface BarSlice {
  readonly start: number;
  readonly stop: number;
}

/** Half-open range `[startMs, endMs)` in epoch milliseconds UTC. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** Columns of `length` rows, all values NaN, all times 0. */
export function emptyCandles(length: number): CandleColumns {
  const column = () => new Float32Array(length).fill(NaN);
  return {
    tsOpenMs: new Float64Array(length),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
}
