import { type SeriesKernels, sourceOf, windowKernel } from "./series_kernel.ts";

/** Kernels of the `momentum.*` family. */
export const momentumKernels: SeriesKernels = {
  "momentum.macd": {
    scratch: 0,
    compute: (kernels, values, { column, target, bars }) =>
      kernels.macd(
        column(sourceOf(values)),
        target,
        bars,
        Number(values.fast_window),
        Number(values.slow_window),
      ),
  },
  "momentum.rsi": windowKernel("rsi"),
};
