import type { IndicatorDefinition } from "./definition.ts";

/** The `structure.*` family. */
export const structure: readonly IndicatorDefinition[] = [];
