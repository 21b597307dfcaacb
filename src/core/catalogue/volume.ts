import type { IndicatorDefinition } from "./definition.ts";

/** The `volume.*` family. */
export const volume: readonly IndicatorDefinition[] = [];
