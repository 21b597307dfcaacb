import type { Source } from "../../core/catalogue.ts";
import type { Kernels } from "./kernels.ts";

/** Chosen values of an indicator's axes by name. */
export type AxisValues = Readonly<Record<string, number | string>>;

/** Where an indicator kernel reads and writes. Addresses are bytes in the module's memory. */
export interface SeriesPlace {
  readonly column: (source: Source) => number;
  readonly target: number;
  readonly scratch: number;
  /** Bars of the whole candle series. */
  readonly bars: number;
}

/** How the series of one indicator id is made. */
export interface SeriesKernel {
  /** Axes that change the series; the others are accepted and have no effect on the scored output. */
  readonly axes: readonly string[];
  compute(kernels: Kernels, values: AxisValues, place: SeriesPlace): void;
}

/** One entry per id of the catalogue. */
export const seriesKernels: Readonly<Record<string, SeriesKernel>> = {
  "ma.ema": {
    axes: ["source", "window"],
    compute: (kernels, values, { column, target, bars }) =>
      kernels.ema(column(sourceOf(values)), target, bars, Number(values.window)),
  },
  "ma.sma": {
    axes: ["source", "window"],
    compute: simpleAverage,
  },
  "momentum.macd": {
    axes: ["fast_window", "slow_window", "source"],
    compute: (kernels, values, { column, target, bars }) =>
      kernels.macd(
        column(sourceOf(values)),
        target,
        bars,
        Number(values.fast_window),
        Number(values.slow_window),
      ),
  },
  "momentum.rsi": {
    axes: ["source", "window"],
    compute: (kernels, values, { column, target, bars }) =>
      kernels.rsi(column(sourceOf(values)), target, bars, Number(values.window)),
  },
  "trend.donchian": {
    axes: ["window"],
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.donchian(column("high"), column("low"), target, scratch, bars, Number(values.window)),
  },
  "volatility.bbands": {
    axes: ["source", "window"],
    compute: simpleAverage,
  },
};

/** The price a series is computed from and compared with: its own source, else the close. */
export function sourceOf(values: AxisValues): Source {
  return (values.source ?? "close") as Source;
}

function simpleAverage(kernels: Kernels, values: AxisValues, { column, target, bars }: SeriesPlace): void {
  kernels.sma(column(sourceOf(values)), target, bars, Number(values.window));
}
