import { scratchWindowKernel, type SeriesKernels, windowKernel } from "./series_kernel.ts";

/** Kernels of the `ma.*` family. */
export const movingAverageKernels: SeriesKernels = {
  "ma.dema": windowKernel("dema"),
  "ma.ema": windowKernel("ema"),
  "ma.hma": scratchWindowKernel("hma", 3),
  "ma.lwma": scratchWindowKernel("wma", 2),
  "ma.rma": windowKernel("rma"),
  "ma.sma": windowKernel("sma"),
  "ma.tema": windowKernel("tema"),
  "ma.vwma": {
    scratch: 3,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.vwma(column("close"), column("volume"), target, scratch, bars, Number(values.window)),
  },
  "ma.wma": scratchWindowKernel("wma", 2),
  "ma.zlema": windowKernel("zlema"),
};
