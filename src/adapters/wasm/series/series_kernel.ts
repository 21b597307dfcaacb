import type { Column, Source } from "../../../core/catalogue/definition.ts";
import type { Kernels } from "../kernels.ts";

/** Chosen values of an indicator's axes by name. */
export type AxisValues = Readonly<Record<string, number | string>>;

/** Where an indicator kernel reads and writes. Addresses are bytes in the module's memory. */
export interface SeriesPlace {
  readonly column: (name: Source | Column) => number;
  readonly target: number;
  /** Room for `SeriesKernel.scratch` f64 series of `bars` values. */
  readonly scratch: number;
  /** Bars of the whole candle series. */
  readonly bars: number;
}

/** How the scored output of one indicator id is made. */
export interface SeriesKernel {
  /** How many f64 series of scratch memory it needs. */
  readonly scratch: number;
  compute(kernels: Kernels, values: AxisValues, place: SeriesPlace): void;
}

/** Kernels by indicator id. */
export type SeriesKernels = Readonly<Record<string, SeriesKernel>>;

/** The price a series is computed from and compared with: its own source, else the close. */
export function sourceOf(values: AxisValues): Source {
  return (values.source ?? "close") as Source;
}

/** A kernel that reads the source and has one window; `scratch` in f64 series. */
export function windowKernel(
  name: WindowKernelName,
  { scratch = 0 }: { readonly scratch?: number } = {},
): SeriesKernel {
  return {
    scratch,
    compute: (kernels, values, place) =>
      kernels[name](place.column(sourceOf(values)), place.target, place.bars, Number(values.window)),
  };
}

type WindowKernelName = "ema" | "sma" | "rsi";
