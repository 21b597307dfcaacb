import { ema, highest, lowest, mean, windowed } from "../blocks.ts";
import type { OracleCandles } from "../candles.ts";
import type { OracleInput, Oracles } from "./oracle.ts";

/** Oracles of the `momentum.*` family. */
export const momentum: Oracles<"momentum"> = {
  "momentum.cci": ({ candles: { high, low, close }, window }) => {
    const prices = Array.from(close, (c, t) => (high[t]! + low[t]! + c) / 3);
    return windowed(prices, window, (values, t) => {
      if (values.every((value) => value === values[0])) return NaN;
      const centre = total(values) / window;
      const spread = total(values.map((value) => Math.abs(value - centre))) / window;
      return ratio(prices[t]! - centre, 0.015 * spread);
    });
  },
  "momentum.fisher": ({ candles, window }) => {
    const middle = Array.from(candles.high, (h, t) => (h + candles.low[t]!) * 0.5);
    return places(middle, { candles, window }).map((place) => {
      const n = Math.min(0.999, Math.max(-0.999, 2 * place - 1));
      return 0.5 * Math.log((1 + n) / (1 - n));
    });
  },
  "momentum.macd": (input) => fastAndSlow(input).map(({ fast, slow }) => fast - slow),
  "momentum.ppo": (input) => fastAndSlow(input).map(({ fast, slow }) => 100 * ratio(fast - slow, slow)),
  "momentum.roc": ({ x, window }) => growth(x, window),
  "momentum.rsi": ({ x, window }) => rsi(x, window),
  "momentum.stoch": ({ candles, values }) => {
    const raw = places(Array.from(candles.close), { candles, window: Number(values.k_window) });
    return mean(raw.map((place) => 100 * place), Number(values.smoothing));
  },
  "momentum.stoch_rsi": ({ x, values }) => {
    const r = rsi(x, Number(values.rsi_window));
    const raw = places(r, { candles: { high: r, low: r }, window: Number(values.k_window) });
    return mean(raw.map((place) => 100 * place), Number(values.smoothing));
  },
  "momentum.trix": ({ x, window }) => growth(ema(ema(ema(x, window), window), window), 1),
  "momentum.williams_r": ({ candles: { high, low, close }, window }) => {
    const [top, bottom] = [highest(high, window), lowest(low, window)];
    return top.map((value, t) => 0 - 100 * ratio(value - close[t]!, value - bottom[t]!));
  },
};

/** Where a value lies between the lowest low (0) and the highest high (1) of the window. */
function places(
  x: readonly number[],
  { candles, window }: { readonly candles: Pick<OracleCandles, "high" | "low">; readonly window: number },
): number[] {
  const [top, bottom] = [highest(candles.high, window), lowest(candles.low, window)];
  return x.map((value, t) => ratio(value - bottom[t]!, top[t]! - bottom[t]!));
}

function fastAndSlow({ x, values }: OracleInput) {
  const slow = ema(x, Number(values.slow_window));
  return ema(x, Number(values.fast_window)).map((fast, t) => ({ fast, slow: slow[t]! }));
}

function growth(x: readonly number[], bars: number): number[] {
  return x.map((value, t) => t < bars || x[t - bars] === 0 ? NaN : 100 * (value / x[t - bars]! - 1));
}

function rsi(x: readonly number[], window: number): number[] {
  const weight = 1 / window;
  let gain = NaN;
  let loss = NaN;
  let strength = NaN;
  return x.map((value, t) => {
    const change = t === 0 ? NaN : value - x[t - 1]!;
    const smooth = (old: number, next: number) =>
      Number.isNaN(old) ? next : weight * next + (1 - weight) * old;
    gain = Number.isNaN(change) ? NaN : smooth(gain, Math.max(change, 0));
    loss = Number.isNaN(change) ? NaN : smooth(loss, Math.max(-change, 0));
    // both fade alike on a bar without a change, so that their ratio is the one before
    if (change === 0) return strength;
    return strength = Number.isNaN(change) ? NaN : loss === 0 ? 100 : 100 - 100 / (1 + gain / loss);
  });
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function ratio(a: number, b: number): number {
  return b === 0 ? NaN : a / b;
}
