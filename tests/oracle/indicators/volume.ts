import { deviation, mean, ratioOfSums, sum } from "../blocks.ts";
import type { OracleCandles } from "../candles.ts";
import type { OracleInput, Oracles } from "./oracle.ts";

/** Oracles of the `volume.*` family. */
export const volume: Oracles<"volume"> = {
  "volume.ad_line": ({ candles }) => runningTotal(moneyFlowVolume(candles)),
  "volume.cmf": ({ candles, window }) =>
    ratioOfSums(moneyFlowVolume(candles), Array.from(candles.volume), window),
  "volume.mfi": ({ candles, window }) => {
    const price = typicalPrice(candles);
    const flowWhere = (moved: (change: number) => boolean) =>
      price.map((p, t) => {
        const flow = p * candles.volume[t]!;
        const change = t === 0 ? NaN : Math.sign(p - price[t - 1]!);
        if (Number.isNaN(flow) || Number.isNaN(change)) return NaN;
        return moved(change) ? flow : 0;
      });
    const positive = sum(flowWhere((change) => change > 0), window);
    const negative = sum(flowWhere((change) => change < 0), window);
    return positive.map((p, t) => p + negative[t]! === 0 ? NaN : 100 * (p / (p + negative[t]!)));
  },
  "volume.obv": ({ candles: { close, volume } }) => {
    let known: number | undefined;
    return runningTotal(Array.from(close, (c, t) => {
      if (Number.isNaN(c) || Number.isNaN(volume[t])) return NaN;
      const change = known === undefined ? 0 : Math.sign(c - known);
      known = c;
      return change * volume[t]!;
    }));
  },
  "volume.volume_sma": ({ candles, window }) => mean(Array.from(candles.volume), window),
  "volume.vwap": vwap,
  "volume.vwap_deviation": (input) => vwapBand(input, Number(input.values.mult)),
};

/** The average and `mult` deviations of the prices from their own averages. */
export function vwapBand(input: OracleInput, mult: number): number[] {
  const average = vwap(input);
  const distances = typicalPrice(input.candles).map((price, t) => price - average[t]!);
  const sigma = deviation(distances, input.window);
  return average.map((value, t) => value + mult * sigma[t]!);
}

function typicalPrice({ high, low, close }: OracleCandles): number[] {
  return Array.from(close, (c, t) => (high[t]! + low[t]! + c) / 3);
}

function vwap({ candles, window }: OracleInput): number[] {
  const turnover = typicalPrice(candles).map((price, t) => price * candles.volume[t]!);
  return ratioOfSums(turnover, Array.from(candles.volume), window);
}

function moneyFlowVolume({ high, low, close, volume }: OracleCandles): number[] {
  return Array.from(close, (c, t) => {
    const [h, l, v] = [high[t]!, low[t]!, volume[t]!];
    if ([h, l, c, v].some(Number.isNaN)) return NaN;
    return h === l ? 0 : (((c - l) - (h - c)) / (h - l)) * v;
  });
}

/** Sum of all known steps so far; missing where the step is. */
function runningTotal(steps: readonly number[]): number[] {
  let total = 0;
  return steps.map((step) => {
    if (Number.isNaN(step)) return NaN;
    total += step;
    return total;
  });
}
