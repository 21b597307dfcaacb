import type { SeriesKernels } from "./series_kernel.ts";

/** Kernels of the `structure.*` family. */
export const structureKernels: SeriesKernels = {};
