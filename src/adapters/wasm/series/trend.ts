import type { SeriesKernels } from "./series_kernel.ts";

/** Kernels of the `trend.*` family. */
export const trendKernels: SeriesKernels = {
  "trend.donchian": {
    scratch: 4,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.donchian(column("high"), column("low"), target, scratch, bars, Number(values.window)),
  },
};
