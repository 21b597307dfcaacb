import { deviation, ema, mean, rma, slice, trueRange, variance, windowed } from "../blocks.ts";
import type { OracleCandles } from "../candles.ts";
import type { Oracle, OracleInput, Oracles } from "./oracle.ts";
import { mapped } from "../../helpers/mapped.ts";

type Part = (candle: { o: number; h: number; l: number; c: number }) => number;

const body: Part = ({ o, c }) => Math.abs(c - o);
const range: Part = ({ h, l }) => h - l;
const upperWick: Part = ({ o, h, c }) => h - Math.max(o, c);
const lowerWick: Part = ({ o, l, c }) => Math.min(o, c) - l;

/** Oracles of the `structure.*` family. */
export const structure: Oracles<"structure"> = {
  "structure.candle_body": plain(body),
  "structure.candle_body_atr": inTrueRanges(body),
  "structure.candle_body_pct": shareOfRange(body),
  "structure.candle_lower_wick": plain(lowerWick),
  "structure.candle_lower_wick_atr": inTrueRanges(lowerWick),
  "structure.candle_lower_wick_pct": shareOfRange(lowerWick),
  "structure.candle_range": plain(range),
  "structure.candle_range_atr": inTrueRanges(range),
  "structure.candle_stats": shareOfRange(body),
  "structure.candle_stats_atr_norm": inTrueRanges(body),
  "structure.candle_upper_wick": plain(upperWick),
  "structure.candle_upper_wick_atr": inTrueRanges(upperWick),
  "structure.candle_upper_wick_pct": shareOfRange(upperWick),
  "structure.distance_to_ma_norm": ({ candles, x, window }) => {
    const average = ema(x, window);
    const range = roundedAtr(candles, window);
    return x.map((value, t) => ratio(value - average[t]!, range[t]!));
  },
  "structure.percent_rank": ({ x, window }) =>
    windowed(x, window, (values) => values.filter((value) => value <= values.at(-1)!).length / window * 100),
  "structure.pivot_high": pivotHigh,
  "structure.pivot_low": pivotLow,
  "structure.pivots": pivotHigh,
  "structure.zscore": ({ x, window }) => {
    const [means, variances, deviations] = mapped([mean, variance, deviation], (block) => block(x, window));
    return x.map((value, t) => variances[t]! === 0 ? NaN : (value - means[t]!) / deviations[t]!);
  },
};

function plain(part: Part): Oracle {
  return ({ candles }) => parts(candles, part);
}

function shareOfRange(part: Part): Oracle {
  return ({ candles }) => {
    const ranges = parts(candles, range);
    return parts(candles, part).map((size, t) => ratio(size, ranges[t]!));
  };
}

function inTrueRanges(part: Part): Oracle {
  return ({ candles, values }) => {
    const ranges = roundedAtr(candles, Number(values.atr_window));
    return parts(candles, part).map((size, t) => ratio(size, ranges[t]!));
  };
}

function parts({ open, high, low, close }: OracleCandles, part: Part): number[] {
  return Array.from(close, (c, t) => {
    const [o, h, l] = [open[t]!, high[t]!, low[t]!];
    return [o, h, l, c].some(Number.isNaN) ? NaN : part({ o, h, l, c });
  });
}

function roundedAtr(candles: OracleCandles, window: number): number[] {
  return rma(trueRange(candles), window).map(Math.fround);
}

function ratio(a: number, b: number): number {
  return b === 0 ? NaN : a / b;
}

function pivotHigh({ candles, values }: OracleInput): number[] {
  return pivots(candles.high, { values, beats: (centre, other) => other < centre });
}

function pivotLow({ candles, values }: OracleInput): number[] {
  return pivots(candles.low, { values, beats: (centre, other) => other > centre });
}

function pivots(
  x: ArrayLike<number>,
  { values, beats }: {
    readonly values: OracleInput["values"];
    readonly beats: (centre: number, other: number) => boolean;
  },
): number[] {
  const [left, right] = [Number(values.left), Number(values.right)];
  return Array.from(x, (_, t) => {
    const centre = t - right;
    if (centre - left < 0) return NaN;
    const others = [...slice(x, centre - left, centre), ...slice(x, centre + 1, t + 1)];
    return others.every((other) => beats(x[centre]!, other)) ? x[centre]! : NaN;
  });
}
