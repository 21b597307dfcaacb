import { mapFurther, type WithFurther } from "./further_columns.ts";

/** Values of a candle, in the order of the columns. */
export const candleValues = ["open", "high", "low", "close", "volume"] as const;

/** Name of one of {@link candleValues}. */
export type CandleValue = typeof candleValues[number];

/** Values that a place for them can hold. */
export interface ValueLimits {
  readonly smallest: number;
  readonly largest: number;
  /** Whether only whole numbers can be held. */
  readonly whole: boolean;
}

/**
 * Candle rows as columns of equal length with all the digits their source has: f64, NaN where a value is missing; times
 * are epoch ms UTC, strictly ascending.
 */
export interface ExactCandles
  extends Readonly<Record<CandleValue, Float64Array<ArrayBuffer>>>, WithFurther<Float64Array<ArrayBuffer>> {
  readonly tsOpenMs: Float64Array<ArrayBuffer>;
}

/** Candle rows with the time each was written. */
export interface StampedCandles extends ExactCandles {
  readonly ingestedMs: Float64Array<ArrayBuffer>;
}

/** Columns from five value columns in the order of {@link candleValues}. */
export function exactCandles(
  tsOpenMs: Float64Array<ArrayBuffer>,
  values: readonly Float64Array<ArrayBuffer>[],
): ExactCandles {
  const [open, high, low, close, volume] = values;
  return { tsOpenMs, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

/** Rows of which every column is put through a function, times and further columns too. */
export function mapExact(
  { tsOpenMs, ...values }: ExactCandles,
  of: (column: Float64Array<ArrayBuffer>) => Float64Array<ArrayBuffer>,
): ExactCandles {
  return {
    ...exactCandles(of(tsOpenMs), candleValues.map((name) => of(values[name]))),
    ...mapFurther(values, of),
  };
}

/** The rows the other way round, in the same columns. */
export function reversedCandles(candles: ExactCandles): ExactCandles {
  return mapExact(candles, (column) => column.reverse());
}
