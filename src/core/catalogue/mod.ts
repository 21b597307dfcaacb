/**
 * The indicators: parameters, outputs, rules, and how many bars each looks back.
 * @module
 */
export { requireVolume } from "./needed_volume.ts";
export { catalogue, findIndicator, normalized } from "./catalogue.ts";
export type { IndicatorId } from "./catalogue.ts";
export type { AxisDefinition, Column, IndicatorDefinition, RuleFamily, Source } from "./definition.ts";
export { lookAheadWarnings } from "./look_ahead.ts";
export type { Lookback } from "./lookback_terms.ts";
export { lookbackBars } from "./lookback.ts";
