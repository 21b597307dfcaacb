import { type CandleColumns, closesOf, type Timeline } from "../bars/mod.ts";
import { sha256OfPieces } from "../text/mod.ts";
import { finiteOrNull } from "./finite.ts";

/** `[ts_open, open, high, low, close, volume]`; null where a value is missing. */
export type ShownBar = readonly [
  string,
  number | null,
  number | null,
  number | null,
  number | null,
  number | null,
];

/** The bars an agent may see: bars `[from, to)` of the series, of which the last is that of its step. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The last `lookback` bars up to and including `bar` of the series, warm-up among them. */
export function windowAt(bar: number, lookback: number): Window {
  return { from: Math.max(0, bar + 1 - lookback), to: bar + 1 };
}

/** The bars of a window. */
export function barsOf(candles: CandleColumns, { from, to }: Window): ShownBar[] {
  const { tsOpenMs, open, high, low, close, volume } = candles;
  return Array.from({ length: to - from }, (_, i) => {
    const bar = from + i;
    return [
      new Date(tsOpenMs[bar]!).toISOString(),
      finiteOrNull(open[bar]!),
      finiteOrNull(high[bar]!),
      finiteOrNull(low[bar]!),
      finiteOrNull(close[bar]!),
      finiteOrNull(volume[bar]!),
    ];
  });
}

/** The values of a series in a window. */
export function valuesOf(series: Float32Array, { from, to }: Window): (number | null)[] {
  return Array.from(series.subarray(from, to), finiteOrNull);
}

/**
 * A timeline of at most `bars` traded bars and nothing after them: what a run was loaded with, although its source has gone
 * on since.
 */
export function firstBars(timeline: Timeline, bars: number): Timeline {
  const { slice, candles } = timeline;
  const stop = Math.min(slice.stop, slice.start + bars);
  if (stop === candles.close.length) return { ...timeline, slice: { start: slice.start, stop } };
  return {
    ...timeline,
    slice: { start: slice.start, stop },
    ...(timeline.tsCloseMs && { tsCloseMs: timeline.tsCloseMs.slice(0, stop) }),
    candles: {
      tsOpenMs: candles.tsOpenMs.slice(0, stop),
      open: candles.open.slice(0, stop),
      high: candles.high.slice(0, stop),
      low: candles.low.slice(0, stop),
      close: candles.close.slice(0, stop),
      volume: candles.volume.slice(0, stop),
    },
  };
}

/** SHA-256 of all that a run sees of its bars: their values up to the end of the slice, their closes, and where it starts. */
export function timelineHash(timeline: Timeline): string {
  const { candles, slice } = timeline;
  const columns = [
    Float64Array.of(slice.start, slice.stop),
    candles.tsOpenMs,
    closesOf(timeline),
    candles.open,
    candles.high,
    candles.low,
    candles.close,
    candles.volume,
  ];
  return sha256OfPieces(
    columns.map((column, i) => bytesOf(i === 0 ? column : column.subarray(0, slice.stop))),
  );
}

// a copy: memory that threads share is nothing a hash would take
function bytesOf(column: Float64Array | Float32Array): Uint8Array {
  return new Uint8Array(column.slice().buffer);
}
