import type { SeriesKernels } from "./series_kernel.ts";

/** Kernels of the `volume.*` family. */
export const volumeKernels: SeriesKernels = {};
