import { type SeriesKernels, windowKernel } from "./series_kernel.ts";

/** Kernels of the `volatility.*` family. */
export const volatilityKernels: SeriesKernels = {
  "volatility.bbands": windowKernel("sma"),
};
