import type { Source } from "../../src/core/catalogue/mod.ts";

/** Candle columns as plain numbers that are f32 values. */
export interface OracleCandles {
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
  readonly volume: ArrayLike<number>;
}

/** A price column, or a source derived from several in f32 arithmetic. */
export function sourceSeries({ open, high, low, close }: OracleCandles, source: Source): number[] {
  const f = Math.fround;
  const columns = { open, high, low, close };
  return Array.from(close, (c, t) => {
    const highLow = f(high[t]! + low[t]!);
    switch (source) {
      case "hl2":
        return f(highLow / 2);
      case "hlc3":
        return f(f(highLow + c) / 3);
      case "ohlc4":
        return f(f(f(f(open[t]! + high[t]!) + low[t]!) + c) / 4);
      default:
        return columns[source][t]!;
    }
  });
}
