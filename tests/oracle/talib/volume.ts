import { sma, sum, zip } from "./blocks.ts";
import type { TalibInput, TalibRules } from "./rules.ts";

/** Volume: totals and flows. */
export const volumeRules: TalibRules = {
  "volume.ad_line": {
    made: "AD",
    series: (input) => {
      let total = 0;
      return flows(input).map((flow) => total += flow);
    },
  },
  "volume.cmf": {
    made: "CMF",
    series: (input) =>
      zip(sum(flows(input), input.window), { b: sum(input.volume, input.window), combine: (a, b) => a / b }),
  },
  "volume.mfi": {
    made: "MFI",
    series: ({ high, low, close, volume, window }) => {
      const price = close.map((c, t) => (high[t]! + low[t]! + c) / 3);
      const flow = (side: 1 | -1) =>
        price.map((p, t) => t === 0 ? NaN : Math.sign(p - price[t - 1]!) === side ? p * volume[t]! : 0);
      const [rising, falling] = [sum(flow(1), window), sum(flow(-1), window)];
      return zip(rising, { b: falling, combine: (p, n) => 100 * p / (p + n) });
    },
  },
  "volume.obv": {
    made: "OBV, less its first volume",
    series: ({ close, volume }) => {
      let total = 0;
      return close.map((c, t) => t === 0 ? 0 : total += Math.sign(c - close[t - 1]!) * volume[t]!);
    },
  },
  "volume.volume_sma": { made: "SMA", series: ({ volume, window }) => sma(volume, window) },
};

function flows({ high, low, close, volume }: TalibInput): number[] {
  return close.map((c, t) => {
    const range = high[t]! - low[t]!;
    return range > 0 ? ((c - low[t]!) - (high[t]! - c)) / range * volume[t]! : 0;
  });
}
