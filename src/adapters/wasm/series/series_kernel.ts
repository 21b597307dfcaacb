import type { Column, IndicatorId, Source } from "../../../core/catalogue/mod.ts";
import type { Kernels } from "../kernels.ts";

/** Chosen values of an indicator's axes by name. */
export type AxisValues = Readonly<Record<string, number | string>>;

/** Where an indicator kernel reads and writes. Addresses are bytes in the module's memory. */
export interface SeriesPlace {
  readonly column: (name: Source | Column) => number;
  readonly target: number;
  /** Room for `SeriesKernel.scratch` f64 series of `bars + COLUMN_SLACK` values. */
  readonly scratch: number;
  /** Bars of the whole candle series. */
  readonly bars: number;
}

/** How the scored output of one indicator id is made. */
export interface SeriesKernel {
  /** How many f64 series of scratch memory it needs. */
  readonly scratch: number;
  compute(kernels: Kernels, values: AxisValues, place: SeriesPlace): void;
  /** The same for outputs that are not scored, by name. */
  readonly otherOutputs?: Readonly<Record<string, SeriesKernel["compute"]>>;
  /** Writes a second series that the signal rule reads beside the scored one. */
  computeSecond?(kernels: Kernels, values: AxisValues, place: SeriesPlace): void;
}

/** Kernels of all indicators, or of one family; one that lacks its kernel is a type error. */
export type SeriesKernels<Family extends string = string> = Readonly<
  Record<Extract<IndicatorId, `${Family}.${string}`>, SeriesKernel>
>;

/** The price a series is computed from and compared with: its own source, else the close. */
export function sourceOf(values: AxisValues): Source {
  return (values.source ?? "close") as Source;
}

/** A kernel that reads the source and has one window. */
export function windowKernel(name: WindowKernelName): SeriesKernel {
  return {
    scratch: 0,
    compute: (kernels, values, place) =>
      kernels[name](place.column(sourceOf(values)), place.target, place.bars, Number(values.window)),
  };
}

/** Like {@link windowKernel}, for a kernel that also needs `scratch` f64 series. */
export function scratchWindowKernel(name: ScratchWindowKernelName, scratch: number): SeriesKernel {
  return {
    scratch,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels[name](column(sourceOf(values)), target, scratch, bars, Number(values.window)),
  };
}

/** A kernel that reads high and low and has one window; `scratch` in f64 series. */
export function channelKernel(name: "aroon" | "donchian" | "fisher", scratch: number): SeriesKernel {
  return {
    scratch,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels[name](column("high"), column("low"), target, scratch, bars, Number(values.window)),
  };
}

/** A kernel that reads high, low and close and has one window; `scratch` in f64 series. */
export function rangeKernel(name: "atr" | "cci" | "williamsR", scratch: number): SeriesKernel {
  return {
    scratch,
    compute(kernels, values, { column, target, scratch, bars }) {
      const [high, low, close] = [column("high"), column("low"), column("close")];
      kernels[name](high, low, close, target, scratch, bars, Number(values.window));
    },
  };
}

/** The extreme of a column over a window, as an output of a kernel with at least 3 scratch series. */
export function extreme(
  name: "highest" | "lowest",
  { of, window }: { readonly of: Column; readonly window: string },
): SeriesKernel["compute"] {
  return (kernels, values, { column, target, scratch, bars }) =>
    kernels[name](column(of), target, scratch, bars, Number(values[window]));
}

type WindowKernelName = "dema" | "ema" | "rma" | "roc" | "tema" | "trix" | "zlema";

type ScratchWindowKernelName =
  | "highest"
  | "hma"
  | "linreg"
  | "linregSlope"
  | "lowest"
  | "percentRank"
  | "rsi"
  | "sma"
  | "stddev"
  | "variance"
  | "wma"
  | "zscore";
