import { deviation, mean, ratioOfSums, sum } from "../blocks.ts";
import type { OracleCandles } from "../candles.ts";
import type { OracleInput, Oracles } from "./oracle.ts";

/** Oracles of the `volume.*` family. */
export const volume: Oracles = {
  "volume.ad_line": ({ candles }) => runningTotal(moneyFlowVolume(candles)),
  "volume.cmf": ({ candles, window }) => {
    const line = runningTotal(moneyFlowVolume(candles));
    const changes = line.map((total, t) => t === 0 ? NaN : total - line[t - 1]);
    return ratioOfSums(changes, Array.from(candles.volume), window);
  },
  "volume.mfi": ({ candles, window }) => {
    const price = typicalPrice(candles);
    const flowWhere = (moved: (change: number) => boolean) =>
      price.map((p, t) => {
        const flow = p * candles.volume[t];
        const change = t === 0 ? NaN : Math.sign(p - price[t - 1]);
        if (Number.isNaN(flow) || Number.isNaN(change)) return NaN;
        return moved(change) ? flow : 0;
      });
    const positive = sum(flowWhere((change) => change > 0), window);
    const negative = sum(flowWhere((change) => change < 0), window);
    return positive.map((p, t) => flowIndex(p, negative[t]));
  },
  "volume.obv": ({ candles: { close, volume } }) =>
    runningTotal(Array.from(close, (c, t) => t === 0 ? NaN : Math.sign(c - close[t - 1]) * volume[t])),
  "volume.volume_sma": ({ candles, window }) => mean(Array.from(candles.volume), window),
  "volume.vwap": vwap,
  "volume.vwap_deviation": (input) => {
    const average = vwap(input);
    const distances = typicalPrice(input.candles).map((price, t) => price - average[t]);
    const sigma = deviation(distances, input.window);
    return average.map((value, t) => value + Number(input.values.mult) * sigma[t]);
  },
};

function typicalPrice({ high, low, close }: OracleCandles): number[] {
  return Array.from(close, (c, t) => (high[t] + low[t] + c) / 3);
}

function vwap({ candles, window }: OracleInput): number[] {
  const turnover = typicalPrice(candles).map((price, t) => price * candles.volume[t]);
  return ratioOfSums(turnover, Array.from(candles.volume), window);
}

function moneyFlowVolume({ high, low, close, volume }: OracleCandles): number[] {
  return Array.from(close, (c, t) => {
    const range = high[t] - low[t];
    return range === 0 ? NaN : (((c - low[t]) - (high[t] - c)) / range) * volume[t];
  });
}

/** Sum of all steps since the last missing one. */
function runningTotal(steps: readonly number[]): number[] {
  let total = NaN;
  return steps.map((step) => total = Number.isNaN(total) ? step : total + step);
}

/** Rounding can leave the running sums with opposite signs; the denominator is then 0 and the index missing. */
function flowIndex(positive: number, negative: number): number {
  if (negative === 0) return 100;
  const denominator = 1 + positive / negative;
  return denominator === 0 ? NaN : 100 - 100 / denominator;
}
