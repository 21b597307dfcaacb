import type { IndicatorDefinition } from "./catalogue/definition.ts";
import { momentum } from "./catalogue/momentum.ts";
import { movingAverages } from "./catalogue/moving_averages.ts";
import { structure } from "./catalogue/structure.ts";
import { trend } from "./catalogue/trend.ts";
import { volatility } from "./catalogue/volatility.ts";
import { volume } from "./catalogue/volume.ts";

/** All indicators, sorted by id. */
export const catalogue: readonly IndicatorDefinition[] = [
  ...movingAverages,
  ...momentum,
  ...structure,
  ...trend,
  ...volatility,
  ...volume,
].sort((a, b) => a.id < b.id ? -1 : 1);

const byId = new Map(catalogue.map((definition) => [definition.id, definition]));

/** The definition of an id, or undefined when the catalogue has none. */
export function findIndicator(id: string): IndicatorDefinition | undefined {
  return byId.get(id);
}
