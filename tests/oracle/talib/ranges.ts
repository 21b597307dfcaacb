import { ema, highest, sma, variance, wilder } from "./blocks.ts";
import type { TalibInput, TalibRule, TalibRules } from "./rules.ts";

const body = ({ open, close }: TalibInput) => close.map((c, t) => Math.abs(c - open[t]!));
const range = ({ high, low }: TalibInput) => high.map((h, t) => h - low[t]!);
const upperWick = ({ open, high, close }: TalibInput) =>
  high.map((h, t) => h - Math.max(open[t]!, close[t]!));
const lowerWick = ({ open, low, close }: TalibInput) => low.map((l, t) => Math.min(open[t]!, close[t]!) - l);

/** Ranges, deviations, and candles measured by them. */
export const rangeRules: TalibRules = {
  ...candle("body", body),
  ...candle("range", range),
  ...candle("upper_wick", upperWick),
  ...candle("lower_wick", lowerWick),
  "structure.candle_body_pct": shareOfRange(body),
  "structure.candle_stats": shareOfRange(body),
  "structure.candle_upper_wick_pct": shareOfRange(upperWick),
  "structure.candle_lower_wick_pct": shareOfRange(lowerWick),
  "structure.candle_stats_atr_norm": inRanges(body),
  "structure.distance_to_ma_norm": {
    made: "EMA, ATR",
    series: (input) => {
      const [average, ranges] = [ema(input.x, input.window), atr(input, input.window)];
      return input.x.map((value, t) => (value - average[t]!) / ranges[t]!);
    },
  },
  "structure.zscore": {
    made: "SMA, STDDEV",
    series: ({ x, window }) => {
      const [middle, spread] = [sma(x, window), variance(x, window)];
      return x.map((value, t) => (value - middle[t]!) / Math.sqrt(spread[t]!));
    },
  },
  "trend.chandelier_exit": {
    made: "MAX, ATR",
    series: (input) => {
      const ranges = atr(input, input.window);
      return highest(input.high, input.window).map((top, t) => top - input.values.mult * ranges[t]!);
    },
  },
  "volatility.atr": { made: "ATR", series: (input) => atr(input, input.window) },
  "volatility.bbands": { made: "BBANDS", series: ({ x, window }) => sma(x, window) },
  "volatility.bbands_bandwidth": {
    made: "BBANDS",
    series: (input) => bands(input).map(({ upper, middle, lower }) => (upper - lower) / middle),
  },
  "volatility.bbands_percent_b": {
    made: "BBANDS",
    series: (input) => bands(input).map(({ upper, lower }, t) => (input.x[t]! - lower) / (upper - lower)),
  },
  "volatility.hv": {
    made: "LN, STDDEV",
    series: ({ x, values, window }) => {
      const returns = x.map((value, t) => t === 0 ? NaN : Math.log(value / x[t - 1]!));
      return variance(returns, window).map((v) => 100 * Math.sqrt(v * values.annualization));
    },
  },
  "volatility.stddev": { made: "STDDEV", series: ({ x, window }) => variance(x, window).map(Math.sqrt) },
  "volatility.tr": { made: "TRANGE", series: trueRange },
  "volatility.variance": { made: "VAR", series: ({ x, window }) => variance(x, window) },
};

/** TRANGE: none on the first bar, which has no close before it. */
export function trueRange({ high, low, close }: Pick<TalibInput, "high" | "low" | "close">): number[] {
  return high.map((h, t) => t === 0 ? NaN : Math.max(h, close[t - 1]!) - Math.min(low[t]!, close[t - 1]!));
}

/** ATR. */
export function atr(input: TalibInput, window: number): number[] {
  return wilder(trueRange(input), window);
}

function bands({ x, values, window }: TalibInput) {
  const spread = variance(x, window);
  return sma(x, window).map((middle, t) => {
    const reach = values.mult * Math.sqrt(spread[t]!);
    return { upper: middle + reach, middle, lower: middle - reach };
  });
}

type Part = (input: TalibInput) => number[];

function candle(name: string, part: Part): TalibRules {
  return {
    [`structure.candle_${name}`]: { made: "SUB", series: part },
    [`structure.candle_${name}_atr`]: inRanges(part),
  };
}

function shareOfRange(part: Part): TalibRule {
  return { made: "SUB, DIV", series: (input) => part(input).map((size, t) => size / range(input)[t]!) };
}

function inRanges(part: Part): TalibRule {
  return {
    made: "SUB, ATR",
    series: (input) => {
      const ranges = atr(input, input.values.atr_window);
      return part(input).map((size, t) => size / ranges[t]!);
    },
  };
}
