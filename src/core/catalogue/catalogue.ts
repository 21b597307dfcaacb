import type { IndicatorDefinition } from "./definition.ts";
import { momentum } from "./momentum.ts";
import { movingAverages } from "./moving_averages.ts";
import { structure } from "./structure.ts";
import { trend } from "./trend.ts";
import { volatility } from "./volatility.ts";
import { volume } from "./volume.ts";

const families = [
  ...movingAverages,
  ...momentum,
  ...structure,
  ...trend,
  ...volatility,
  ...volume,
];

/** The id of an indicator; whatever is keyed by it is checked to have an entry for every one. */
export type IndicatorId = (typeof families)[number]["id"];

/** What the catalogue knows about one indicator. */
export interface CatalogueEntry extends IndicatorDefinition {
  readonly id: IndicatorId;
}

/** All indicators, sorted by id. */
export const catalogue: readonly CatalogueEntry[] = families.sort((a, b) => a.id < b.id ? -1 : 1);

const byId = new Map<string, CatalogueEntry>(catalogue.map((definition) => [definition.id, definition]));

/** The definition of an id, or undefined when the catalogue has none. */
export function findIndicator(id: string): CatalogueEntry | undefined {
  return byId.get(id);
}

/** Ids and signal names are compared without regard to case and surrounding blanks. */
export function normalized(name: string): string {
  return name.trim().toLowerCase();
}
