/**
 * The space of variants: axes, their product and its guards, keys, and the planes around a winner.
 * @module
 */
export type { Axis, AxisSpec } from "./axis.ts";
export { type AxisSize, isDefault, sizesText } from "./axis_sizes.ts";
export {
  checkGuards,
  checkIndicator,
  checkProduct,
  checkStage,
  estimateMemoryBytes,
  estimateRuleBytes,
  type GuardBudgets,
  saturate,
  variantsMax,
} from "./guards.ts";
export { checkAxisOrder } from "./axis_order.ts";
export { checkHeldMemory } from "./held_memory.ts";
export { type ChoiceRequest, chooseIndicator } from "./indicator_choice.ts";
export { longestLookbacks } from "./lookbacks.ts";
export { axisLength, type AxisRules, materializeAxis } from "./axis_values.ts";
export { axisPositions, decodeStageA, riskAt } from "./grid.ts";
export type { IndicatorGrid, RiskGrid, SweepPlan } from "./plan.ts";
export { type PlaneBase, type PlaneLayout, planeLayout, type PlaneMove } from "./plane_layout.ts";
export { ruleAxisName } from "./rule_axis_name.ts";
export { inSameAsOrder, type SameAs, SameAsCount, type SamePoint } from "./same_as.ts";
export { baseVariantKey, indicatorVariantKey, variantKey } from "./variant_key.ts";
export { type VariantPayload, variantPayload } from "./variant_payload.ts";
export type { Plane, PlaneAxis, StoredWinnerPlanes, WinnerPlanes } from "./planes.ts";
