import { type SeriesKernels, windowKernel } from "./series_kernel.ts";

/** Kernels of the `ma.*` family. */
export const movingAverageKernels: SeriesKernels = {
  "ma.ema": windowKernel("ema"),
  "ma.sma": windowKernel("sma"),
};
