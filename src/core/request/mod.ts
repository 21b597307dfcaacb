/**
 * What a user wants: the request, what it means with the defaults, its hashes, guards and plan.
 * @module
 */
export { buildPlan } from "./build_plan.ts";
export { dataWarnings } from "./data_warnings.ts";
export type { DefaultGrid, DefaultGrids } from "./default_grids.ts";
export {
  type EffectiveRequest,
  readEffectiveRequest,
  type RequestDefaults,
  resolveNumbers,
  resolveRequest,
  type SavedSource,
} from "./effective_request.ts";
export { estimateGrid, type EstimateRequest } from "./estimate.ts";
export { checkGuards, type GuardBudgets, variantsMax } from "./guards.ts";
export { checkHeldMemory } from "./held_memory.ts";
export { type Idempotency, idempotencyConflict, idempotencyOf } from "./idempotency.ts";
export { type ChoiceRequest, chooseIndicator } from "./indicator_choice.ts";
export { refuseUnknownNames } from "./known_names.ts";
export { requireVolume } from "./needed_volume.ts";
export { applyOverrides, overridableMembers } from "./overrides.ts";
export type { BacktestRequest, BacktestTemplate, RankingRequest, RequestFrame } from "./request.ts";
export {
  axisNumberMax,
  cashMax,
  cashMin,
  costPctMax,
  cursorLengthMax,
  explicitValuesMax,
  gridsMax,
  membersMax,
  nameLengthMax,
  preselectMax,
  riskPctMax,
  rowsMax,
  symbolForm,
  symbolLengthMax,
  timeLengthMax,
  warmupBarsMax,
} from "./request_bounds.ts";
export {
  engineParamsHash,
  gridRequestHash,
  requestHash,
  runtimeConfigHash,
  type RuntimeConfigSlice,
  specHash,
} from "./request_hashes.ts";
export { namingVariant, type SentVariant, templateOf } from "./variant_template.ts";
export { type LongestLookback, longestLookbacks, requestedLookbacks, warmUpBars } from "./warm_up.ts";
