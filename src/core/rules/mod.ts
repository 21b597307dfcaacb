/**
 * Strategies as expressions: their texts, types, parameters, canonical form and keys.
 * @module
 */
export { type CanonicalRules, canonicalRules, rulesHash, ruleVariantKey } from "./keys.ts";
export { type Combination, Combinations, stridesOf } from "./combinations.ts";
export {
  type Compilation,
  type CompiledRules,
  type CompiledSide,
  compileRules,
  type RulesSpec,
  type SideSpec,
  whereMax,
} from "./compile.ts";
export { numberText } from "./canonical_text.ts";
export { BlockValues } from "./block_values.ts";
export type { RuleKind, RuleNode, RuleType, Session } from "./expression.ts";
export type { RuleFault } from "./fault.ts";
export { clockColumn, sessionBits } from "./clock_values.ts";
export { type HigherCandles, higherCandles } from "./higher_candles.ts";
export { rulesLookback } from "./lookback.ts";
export { type SideState, type SideTruth, type StateStep, stepState } from "./side_state.ts";
export { type RuleCount, type RuleSizes, ruleSizes } from "./rule_sizes.ts";
export { ruleWarnings, tradeWarnings, type UnknownAtStart, unknownWarnings } from "./rule_warnings.ts";
export { valueAt } from "./combination_checks.ts";
export {
  compiledOnce,
  distinctRule,
  type PlannedRules,
  type PreparedRules,
  preparedRules,
  ruleParams,
} from "./planned_rules.ts";
export { stepsMax } from "./steps.ts";
export { combinationsMax, paramsMax, type RuleAxisSpec, type RuleParam } from "./params.ts";
export { levelsMax, parseRule, textLengthMax } from "./parser.ts";
export { clockTexts, type FunctionText, functionTexts, priceTexts } from "./function_texts.ts";
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
  lagMax,
  type Price,
  prices,
} from "./vocabulary.ts";
