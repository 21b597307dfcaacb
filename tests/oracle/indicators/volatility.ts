import { deviation, mean, rma, trueRange, variance } from "../blocks.ts";
import type { OracleInput, Oracles } from "./oracle.ts";

/** Oracles of the `volatility.*` family. */
export const volatility: Oracles<"volatility"> = {
  "volatility.atr": ({ candles, window }) => rma(trueRange(candles), window),
  "volatility.bbands": ({ x, window }) => mean(x, window),
  "volatility.bbands_bandwidth": (input) =>
    bands(input).map(({ upper, middle, lower }) => middle === 0 ? NaN : (upper - lower) / middle),
  "volatility.bbands_percent_b": (input) =>
    bands(input).map(({ upper, lower }, t) =>
      upper === lower ? NaN : (input.x[t]! - lower) / (upper - lower)
    ),
  "volatility.hv": ({ x, values, window }) => {
    const yearly = Math.sqrt(Number(values.annualization));
    return deviation(logReturns(x), window).map((sigma) => sigma * yearly * 100);
  },
  "volatility.stddev": ({ x, window }) => deviation(x, window),
  "volatility.tr": ({ candles }) => trueRange(candles),
  "volatility.variance": ({ x, window }) => variance(x, window),
};

/** Bollinger bands of every bar. */
export function bands({ x, values, window }: OracleInput) {
  const reach = deviation(x, window).map((sigma) => Number(values.mult) * sigma);
  return mean(x, window).map((middle, t) => ({
    upper: middle + reach[t]!,
    middle,
    lower: middle - reach[t]!,
  }));
}

function logReturns(x: readonly number[]): number[] {
  return x.map((price, t) => t > 0 && price > 0 && x[t - 1]! > 0 ? Math.log(price / x[t - 1]!) : NaN);
}
