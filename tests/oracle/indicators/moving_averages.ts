import { ema, mean, ratioOfSums, rma, wma } from "../blocks.ts";
import type { Oracles } from "./oracle.ts";

/** Oracles of the `ma.*` family. */
export const movingAverages: Oracles<"ma"> = {
  "ma.dema": ({ x, window }) => {
    const e1 = ema(x, window);
    const e2 = ema(e1, window);
    return e1.map((value, t) => 2 * value - e2[t]!);
  },
  "ma.ema": ({ x, window }) => ema(x, window),
  "ma.hma": ({ x, window }) => {
    const short = wma(x, Math.floor(window / 2));
    const long = wma(x, window);
    return wma(short.map((value, t) => 2 * value - long[t]!), Math.floor(Math.sqrt(window)));
  },
  "ma.lwma": ({ x, window }) => wma(x, window),
  "ma.rma": ({ x, window }) => rma(x, window),
  "ma.sma": ({ x, window }) => mean(x, window),
  "ma.tema": ({ x, window }) => {
    const e1 = ema(x, window);
    const e2 = ema(e1, window);
    const e3 = ema(e2, window);
    return e1.map((value, t) => (3 * value - 3 * e2[t]!) + e3[t]!);
  },
  "ma.vwma": ({ candles: { close, volume }, window }) =>
    ratioOfSums(Array.from(close, (price, t) => price * volume[t]!), Array.from(volume), window),
  "ma.wma": ({ x, window }) => wma(x, window),
  "ma.zlema": ({ x, window }) => {
    const lag = Math.floor((window - 1) / 2);
    return ema(x.map((value, t) => value + (value - (x[t - lag] ?? NaN))), window);
  },
};
