import { ema, highest, lowest, ratioOfSums, rma, trueRange, windowed } from "../blocks.ts";
import type { OracleCandles } from "../candles.ts";
import type { OracleInput, Oracles } from "./oracle.ts";
import { psar, supertrend } from "./trend_stops.ts";

/** Oracles of the `trend.*` family. */
export const trend: Oracles<"trend"> = {
  "trend.adx": ({ candles, values, window }) => {
    const range = rma(trueRange(candles), window);
    const { plus, minus } = directionalMovement(candles);
    const [p, m] = [rma(plus, window), rma(minus, window)];
    const index = range.map((a, t) => {
      const [up, down] = [100 * (p[t]! / a), 100 * (m[t]! / a)];
      return a === 0 || up + down === 0 ? NaN : 100 * (Math.abs(up - down) / (up + down));
    });
    return rma(index, Number(values.smoothing));
  },
  "trend.aroon": ({ candles, window }) => {
    const up = windowed(candles.high, window + 1, (values) => values.lastIndexOf(Math.max(...values)));
    const down = windowed(candles.low, window + 1, (values) => values.lastIndexOf(Math.min(...values)));
    return up.map((place, t) => (100 * place) / window - (100 * down[t]!) / window);
  },
  "trend.chandelier_exit": ({ candles, values, window }) => {
    const range = rma(trueRange(candles), window);
    return highest(candles.high, window).map((top, t) => top - Number(values.mult) * range[t]!);
  },
  "trend.donchian": ({ candles, window }) => middle(candles, window),
  "trend.ichimoku": (input) => {
    const span = spanA(input);
    return span.map((_, t) => span[t + Number(input.values.displacement)] ?? NaN);
  },
  "trend.ichimoku_causal": (input) => {
    const span = spanA(input);
    return span.map((_, t) => span[t - Number(input.values.displacement)] ?? NaN);
  },
  "trend.keltner": ({ candles: { high, low, close }, window }) =>
    ema(Array.from(close, (c, t) => (high[t]! + low[t]! + c) / 3), window),
  "trend.linreg": ({ x, window: w }) =>
    windowed(x, w, (values) => total(values) / w + slope(values) * ((w - 1) / 2)),
  "trend.linreg_slope": ({ x, window }) => windowed(x, window, slope),
  "trend.psar": ({ candles, values }) => psar(candles, values).map(({ stop }) => stop),
  "trend.supertrend": ({ candles, values, window }) =>
    supertrend(candles, { mult: Number(values.mult), window }).map(({ stop }) => stop),
  "trend.vortex": ({ candles, window }) => {
    const { high, low } = candles;
    const movement = Array.from(high, (h, t) => t === 0 ? NaN : Math.abs(h - low[t - 1]!));
    return ratioOfSums(movement, trueRange(candles), window);
  },
};

/** Middle of the highest high and the lowest low. */
export function middle({ high, low }: OracleCandles, window: number): number[] {
  const bottom = lowest(low, window);
  return highest(high, window).map((top, t) => (top + bottom[t]!) * 0.5);
}

function slope(values: readonly number[]): number {
  const w = values.length;
  const sx = w * (w - 1) / 2;
  const sxx = (w - 1) * w * (2 * w - 1) / 6;
  const sxy = values.reduce((sum, y, i) => sum + i * y, 0);
  return (w * sxy - sx * total(values)) / (w * sxx - sx * sx);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, y) => sum + y, 0);
}

function spanA({ candles, values }: OracleInput): number[] {
  const base = middle(candles, Number(values.base_window));
  return middle(candles, Number(values.conversion_window)).map((value, t) => (value + base[t]!) * 0.5);
}

/** Upward and downward movement of every bar. */
export function directionalMovement({ high, low }: OracleCandles) {
  const moves = Array.from(high, (h, t) => {
    if (Number.isNaN(h) || Number.isNaN(low[t])) return { plus: NaN, minus: NaN };
    if (t === 0 || Number.isNaN(high[t - 1]) || Number.isNaN(low[t - 1])) return { plus: 0, minus: 0 };
    const [up, down] = [h - high[t - 1]!, low[t - 1]! - low[t]!];
    return { plus: up > down && up > 0 ? up : 0, minus: down > up && down > 0 ? down : 0 };
  });
  return { plus: moves.map(({ plus }) => plus), minus: moves.map(({ minus }) => minus) };
}
