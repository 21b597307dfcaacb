import type { Column, RuleFamily, Source } from "../../core/catalogue/mod.ts";
import type { Kernels } from "./kernels.ts";
import { type AxisValues, sourceOf } from "./series/series_kernel.ts";

/** What a rule reads and where it writes its two masks. Addresses are bytes in the module's memory. */
export interface RulePlace {
  /** The indicator's scored output over the whole candle series. */
  readonly series: number;
  /** The second series of `SeriesKernel.computeSecond`; meaningless for indicators without one. */
  readonly second: number;
  readonly column: (name: Source | Column) => number;
  /** Chosen compute values of the indicator. */
  readonly values: AxisValues;
  /** Chosen signal values by parameter name. */
  readonly params: AxisValues;
  /** First bar of the slice. */
  readonly start: number;
  /** Bars of the slice. */
  readonly bars: number;
  readonly long: number;
  readonly short: number;
}

/** Writes the masks of one rule. */
export type RuleKernel = (kernels: Kernels, place: RulePlace) => void;

/** One kernel call per rule of the catalogue. */
export const ruleKernels: Readonly<Record<RuleFamily, RuleKernel>> = {
  compare_price_to_output: (kernels, place) => {
    const { series, start, bars, long, short } = place;
    kernels.compareColumn(price(place), series, start, bars, long, short);
  },
  compare_price_to_output_inverted: (kernels, place) => {
    const { series, start, bars, long, short } = place;
    kernels.compareColumn(price(place), series, start, bars, short, long);
  },
  compare_volume_to_output: (kernels, { series, column, start, bars, long, short }) =>
    kernels.compareColumn(column("volume"), series, start, bars, long, short),
  threshold_band: (kernels, { series, params, start, bars, long, short }) => {
    const { long_threshold, short_threshold } = params;
    kernels.thresholdBand(series, start, bars, Number(long_threshold), Number(short_threshold), long, short);
  },
  threshold_centered: (kernels, { series, params, start, bars, long, short }) =>
    kernels.thresholdCentered(series, start, bars, 1, Number(params.abs_threshold), long, short),
  sign: (kernels, { series, start, bars, long, short }) => kernels.sign(series, start, bars, long, short),
  delta_sign: (kernels, { series, params, start, bars, long, short }) => {
    // a lag that reaches behind the first bar never fires, and an i32 holds no larger one
    const lag = (periods: number | string) => Math.min(Math.abs(Number(periods)), start + bars);
    const lags = [lag(params.long_delta_periods!), lag(params.short_delta_periods!)] as const;
    kernels.deltaSign(series, start, bars, ...lags, long, short);
  },
  candle_body_direction: (kernels, { series, column, params, start, bars, long, short }) => {
    const minimum = Number(params.min_body_pct ?? params.min_body_atr);
    kernels.candleBody(series, column("open"), column("close"), start, bars, minimum, long, short);
  },
  pivot_events: (kernels, { series, second, start, bars, long, short }) =>
    kernels.pivotEvents(series, second, start, bars, long, short),
};

function price({ column, values }: RulePlace): number {
  return column(sourceOf(values));
}
