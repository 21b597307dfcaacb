import { momentumKernels } from "./series/momentum.ts";
import { movingAverageKernels } from "./series/moving_averages.ts";
import type { SeriesKernels } from "./series/series_kernel.ts";
import { structureKernels } from "./series/structure.ts";
import { trendKernels } from "./series/trend.ts";
import { volatilityKernels } from "./series/volatility.ts";
import { volumeKernels } from "./series/volume.ts";

/** One entry per id of the catalogue. */
export const seriesKernels: SeriesKernels = {
  ...movingAverageKernels,
  ...momentumKernels,
  ...structureKernels,
  ...trendKernels,
  ...volatilityKernels,
  ...volumeKernels,
};
