import { ema, fromFirst, sma, sum, wilder, wma, zip } from "./blocks.ts";
import type { TalibRules } from "./rules.ts";

/** The moving averages. */
export const averageRules: TalibRules = {
  "ma.dema": {
    made: "DEMA",
    series: ({ x, window }) => {
      const once = ema(x, window);
      return zip(once, { b: ema(once, window), combine: (e1, e2) => 2 * e1 - e2 });
    },
  },
  "ma.ema": { made: "EMA", series: ({ x, window }) => ema(x, window) },
  "ma.hma": {
    made: "HMA",
    series: ({ x, window }) => {
      const half = wma(x, Math.floor(window / 2));
      const raw = zip(half, { b: wma(x, window), combine: (short, long) => 2 * short - long });
      return wma(raw, Math.floor(Math.sqrt(window)));
    },
  },
  "ma.lwma": { made: "WMA", series: ({ x, window }) => wma(x, window) },
  "ma.rma": { made: "RMA", series: ({ x, window }) => wilder(x, window) },
  "ma.sma": { made: "SMA", series: ({ x, window }) => sma(x, window) },
  "ma.tema": {
    made: "TEMA",
    series: ({ x, window }) => {
      const once = ema(x, window);
      const twice = ema(once, window);
      const thrice = ema(twice, window);
      return once.map((e1, t) => 3 * e1 - 3 * twice[t]! + thrice[t]!);
    },
  },
  "ma.vwma": {
    made: "VWMA",
    series: ({ close, volume, window }) => {
      const turnover = zip(close, { b: volume, combine: (price, size) => price * size });
      return zip(sum(turnover, window), { b: sum(volume, window), combine: (a, b) => a / b });
    },
  },
  "ma.wma": { made: "WMA", series: ({ x, window }) => wma(x, window) },
  "ma.zlema": {
    made: "ZLEMA",
    series: ({ x, window }) => {
      const lag = Math.floor((window - 1) / 2);
      const ahead = x.map((value, t) => t < lag ? NaN : value + (value - x[t - lag]!));
      return fromFirst(ahead, (known) => ema(known, window));
    },
  },
};
