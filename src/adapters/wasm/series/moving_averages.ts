import { scratchWindowKernel, type SeriesKernels, windowKernel } from "./series_kernel.ts";

/** Kernels of the `ma.*` family. */
export const movingAverageKernels: SeriesKernels<"ma"> = {
  "ma.dema": windowKernel("dema"),
  "ma.ema": windowKernel("ema"),
  "ma.hma": scratchWindowKernel("hma", 4),
  "ma.lwma": scratchWindowKernel("wma", 3),
  "ma.rma": windowKernel("rma"),
  "ma.sma": scratchWindowKernel("sma", 1),
  "ma.tema": windowKernel("tema"),
  "ma.vwma": {
    scratch: 5,
    compute: (kernels, values, { column, target, scratch, bars }) =>
      kernels.vwma(column("close"), column("volume"), target, scratch, bars, Number(values.window)),
  },
  "ma.wma": scratchWindowKernel("wma", 3),
  "ma.zlema": windowKernel("zlema"),
};
