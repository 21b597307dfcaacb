import type { Source } from "../../src/core/catalogue.ts";

/** Candle columns as plain numbers that are f32 values. */
export interface OracleCandles {
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
}

/** An indicator's scored output, one f32 per bar, computed window by window. */
export function indicatorSeries(
  id: string,
  { candles, values }: {
    readonly candles: OracleCandles;
    readonly values: Readonly<Record<string, number | string>>;
  },
): number[] {
  const x = sourceSeries(candles, (values.source ?? "close") as Source);
  const window = Number(values.window);
  switch (id) {
    case "ma.sma":
    case "volatility.bbands":
      return movingMean(x, window).map(Math.fround);
    case "ma.ema":
      return ewma(x, 2 / (window + 1)).map(Math.fround);
    case "momentum.rsi":
      return rsi(x, window).map(Math.fround);
    case "momentum.macd": {
      const fast = ewma(x, 2 / (Number(values.fast_window) + 1));
      const slow = ewma(x, 2 / (Number(values.slow_window) + 1));
      return x.map((_, t) => Math.fround(fast[t] - slow[t]));
    }
    case "trend.donchian":
      return x.map((_, t) => {
        if (t + 1 < window) return NaN;
        const highest = Math.max(...slice(candles.high, t + 1 - window, t + 1));
        const lowest = Math.min(...slice(candles.low, t + 1 - window, t + 1));
        return Math.fround((highest + lowest) * 0.5);
      });
    default:
      throw new Error(`No oracle for ${id}`);
  }
}

/** A price column, or a source derived from several in f32 arithmetic. */
export function sourceSeries({ open, high, low, close }: OracleCandles, source: Source): number[] {
  const f = Math.fround;
  const columns = { open, high, low, close };
  return Array.from(close, (c, t) => {
    const highLow = f(high[t] + low[t]);
    switch (source) {
      case "hl2":
        return f(highLow / 2);
      case "hlc3":
        return f(f(highLow + c) / 3);
      case "ohlc4":
        return f(f(f(f(open[t] + high[t]) + low[t]) + c) / 4);
      default:
        return columns[source][t];
    }
  });
}

/** Running sum over the window: the new bar is added, then the old one subtracted. */
function movingMean(x: readonly number[], window: number): number[] {
  let sum = 0;
  return x.map((value, t) => {
    if (!Number.isNaN(value)) sum += value;
    if (t >= window && !Number.isNaN(x[t - window])) sum -= x[t - window];
    const whole = t + 1 >= window && !slice(x, t + 1 - window, t + 1).some(Number.isNaN);
    return whole ? sum / window : NaN;
  });
}

function ewma(x: readonly number[], weight: number): number[] {
  let average = NaN;
  return x.map((value) => {
    average = Number.isNaN(average) ? value : weight * value + (1 - weight) * average;
    return average;
  });
}

function rsi(x: readonly number[], window: number): number[] {
  const weight = 1 / window;
  let gain = NaN;
  let loss = NaN;
  return x.map((value, t) => {
    const change = t === 0 ? NaN : value - x[t - 1];
    const smooth = (old: number, next: number) =>
      Number.isNaN(old) ? next : weight * next + (1 - weight) * old;
    gain = Number.isNaN(change) ? NaN : smooth(gain, Math.max(change, 0));
    loss = Number.isNaN(change) ? NaN : smooth(loss, Math.max(-change, 0));
    if (Number.isNaN(change) || (gain === 0 && loss === 0)) return NaN;
    return loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  });
}

function slice(x: ArrayLike<number>, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => x[from + i]);
}
