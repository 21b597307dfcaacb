import { findIndicator } from "../../core/catalogue/mod.ts";
import { momentumKernels } from "./series/momentum.ts";
import { movingAverageKernels } from "./series/moving_averages.ts";
import type { SeriesKernel, SeriesKernels } from "./series/series_kernel.ts";
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

/** What computes one output of an indicator: its scored one or another. Throws for an output it does not have. */
export function outputKernel(id: string, output: string): SeriesKernel["compute"] {
  const { compute, otherOutputs } = kernelOf(id);
  const found = findIndicator(id)?.output === output ? compute : otherOutputs?.[output];
  if (found === undefined) throw new RangeError(`${id} has no kernel for the output ${output}`);
  return found;
}

/** The kernel of an id that may be unknown, of which it throws RangeError. */
export function kernelOf(id: string): SeriesKernel {
  const definition = findIndicator(id);
  if (definition === undefined) throw new RangeError(`no indicator has the id ${id}`);
  return seriesKernels[definition.id];
}
