import type { WithFurther } from "./further_columns.ts";

/**
 * Candle rows as columns of equal length. Prices and volumes are f32 (NaN = missing), times are epoch ms UTC. The memory of
 * columns may be shared between threads: nobody writes to columns that he has not made.
 */
export interface CandleColumns {
  readonly tsOpenMs: Float64Array;
  readonly open: Float32Array;
  readonly high: Float32Array;
  readonly low: Float32Array;
  readonly close: Float32Array;
  readonly volume: Float32Array;
}

/** Bars of one timeframe, ascending, with the half-open range of bars that is traded and measured. */
export interface Timeline extends WithFurther {
  readonly candles: CandleColumns;
  /** Length of the bars. */
  readonly timeframeMs: number;
  /** Close of every bar, epoch ms, where bars are not all `timeframeMs` long: a day on which clocks change is not. */
  readonly tsCloseMs?: Float64Array;
  /** Bars `[start, stop)` whose close time lies in the requested range; the bars before are warm-up. */
  readonly slice: BarSlice;
}

/** A time of every bar whose differences are those between closes; without a copy where all bars are of one length. */
export function closeClock({ candles, tsCloseMs }: Timeline): Float64Array {
  return tsCloseMs ?? candles.tsOpenMs;
}

/** Close of one bar, epoch ms. */
export function closeOf({ candles, timeframeMs, tsCloseMs }: Timeline, bar: number): number {
  return tsCloseMs === undefined ? candles.tsOpenMs[bar]! + timeframeMs : tsCloseMs[bar]!;
}

/** Close of every bar of the slice, epoch ms. */
export function closesOf(timeline: Timeline): Float64Array<ArrayBuffer> {
  const { start, stop } = timeline.slice;
  const closes = new Float64Array(stop - start);
  for (let i = 0; i < closes.length; i++) closes[i] = closeOf(timeline, start + i);
  return closes;
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

/** Columns of `length` rows, all values NaN, all times 0, in one buffer; threads can share it where there is such memory. */
export function emptyCandles(length: number): CandleColumns {
  const buffer = sharedBytes(candleBytes * length);
  const column = (i: number) => new Float32Array(buffer, (8 + 4 * i) * length, length).fill(NaN);
  return {
    tsOpenMs: new Float64Array(buffer, 0, length),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
  };
}

/** The f64 open and five f32 values. */
export const candleBytes = 8 + 5 * 4;

/** Zeroed memory that is handed to a thread without a copy; memory of this thread alone in a page that may not share any. */
export function sharedBytes(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}
