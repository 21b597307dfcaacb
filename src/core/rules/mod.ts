/**
 * Strategies as expressions: their texts, types, parameters, canonical form and keys.
 * @module
 */
export { type CanonicalRules, canonicalRules, rulesHash, ruleVariantKey } from "./keys.ts";
export { type Combination, Combinations, stridesOf } from "./combinations.ts";
export { type CompiledRules, type CompiledSide, compileRules, type RulesSpec, whereMax } from "./compile.ts";
export { numberText } from "./canonical_text.ts";
export { BlockValues } from "./block_values.ts";
export type { RuleNode, Session } from "./expression.ts";
export type { RuleFault } from "./fault.ts";
export { clockColumn, sessionBits } from "./clock_values.ts";
export { higherCandles } from "./higher_candles.ts";
export { rulesLookback } from "./lookback.ts";
export { type SideState, type SideTruth, stepState } from "./side_state.ts";
export { ruleSizes } from "./rule_sizes.ts";
export { ruleWarnings, tradeWarnings, type UnknownAtStart, unknownWarnings } from "./rule_warnings.ts";
export { valueAt } from "./combination_checks.ts";
export { compiledOnce, distinctRule, type PlannedRules, preparedRules, ruleParams } from "./planned_rules.ts";
export { stepsMax } from "./steps.ts";
export { combinationsMax, paramsMax, type RuleParam } from "./params.ts";
export { levelsMax, textLengthMax } from "./parser.ts";
export { clockTexts, functionTexts, priceTexts } from "./function_texts.ts";
export { nodesMax } from "./definitions.ts";
export {
  type Argument,
  argumentsOf,
  catalogueOutput,
  type Clock,
  clocks,
  type FunctionName,
  functions,
  type IndicatorCall,
  indicatorCalls,
  type Price,
  prices,
} from "./vocabulary.ts";
