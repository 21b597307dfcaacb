import type { Source } from "../../../src/core/catalogue/mod.ts";
import { type OracleCandles, sourceSeries } from "../candles.ts";
import { averageRules } from "./averages.ts";
import { momentumRules } from "./momentum.ts";
import { rangeRules } from "./ranges.ts";
import { trendRules } from "./trend.ts";
import { volumeRules } from "./volume.ts";

/** The axes that the rules read; an indicator has some of them. */
export type AxisName =
  | "accel_max"
  | "accel_start"
  | "accel_step"
  | "annualization"
  | "atr_window"
  | "base_window"
  | "conversion_window"
  | "displacement"
  | "fast_window"
  | "k_window"
  | "left"
  | "mult"
  | "right"
  | "rsi_window"
  | "slow_window"
  | "smoothing";

/** Candles in plain arrays, the chosen source and the values of the axes. */
export interface TalibInput {
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly number[];
  readonly x: readonly number[];
  readonly values: Readonly<Record<AxisName, number>>;
  /** `values.window`. */
  readonly window: number;
}

/** One rule of TA-Lib for the scored output of an indicator. */
export interface TalibRule {
  /** The function, or the functions it is put together from. */
  readonly made: string;
  readonly series: (input: TalibInput) => number[];
}

/** Rules by indicator id. */
export type TalibRules = Readonly<Record<string, TalibRule>>;

/** TA-Lib's rule for every indicator that one of its functions, or a few together, define. */
export const talibRules: TalibRules = {
  ...averageRules,
  ...momentumRules,
  ...rangeRules,
  ...trendRules,
  ...volumeRules,
};

/** The indicators TA-Lib has no function for, and why what it has is another thing. */
export const withoutTalib: Readonly<Record<string, string>> = {
  "momentum.fisher": "no such function",
  "structure.percent_rank":
    "PERCENTRANK ranks a value among the bars before it, this one among the window it is in",
  "volume.vwap": "VWAP adds up from the first bar, this one over a rolling window",
  "volume.vwap_deviation": "as volume.vwap",
};

/** TA-Lib's series of an indicator, in f64, NaN before its first value. */
export function talibSeries(
  id: string,
  { candles, values }: {
    readonly candles: OracleCandles;
    readonly values: Readonly<Record<string, number | string>>;
  },
): number[] {
  const { open, high, low, close, volume } = candles;
  return talibRules[id]!.series({
    open: Array.from(open),
    high: Array.from(high),
    low: Array.from(low),
    close: Array.from(close),
    volume: Array.from(volume),
    x: sourceSeries(candles, (values.source ?? "close") as Source),
    values: values as Readonly<Record<AxisName, number>>,
    window: Number(values.window),
  });
}
