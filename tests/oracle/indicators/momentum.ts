import { ema } from "../blocks.ts";
import type { Oracles } from "./oracle.ts";

/** Oracles of the `momentum.*` family. */
export const momentum: Oracles = {
  "momentum.macd": ({ x, values }) => {
    const fast = ema(x, Number(values.fast_window));
    const slow = ema(x, Number(values.slow_window));
    return x.map((_, t) => fast[t] - slow[t]);
  },
  "momentum.rsi": ({ x, window }) => rsi(x, window),
};

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
