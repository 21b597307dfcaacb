/**
 * A loan against an underlying, hedged with puts: their prices, the accounts day by day, and how a workspace shows it.
 * @module
 */
export { dateOfDay, dayOfDate, isDate } from "./dates.ts";
export { scenarioDays } from "./days.ts";
export { scenarioErrorText } from "./error_text.ts";
export { noDay } from "./failures.ts";
export type { PathDay } from "./path.ts";
export { putPrice } from "./put.ts";
export {
  requireContracts,
  runScenario,
  type ScenarioDays,
  type ScenarioInput,
  type ScenarioResult,
  type SummaryMetrics,
  type TemplateResult,
} from "./scenario.ts";
export {
  type ScenarioPhase,
  scenarioPhases,
  type WorkspaceRun,
  workspaceStages,
  type WorkspaceStatus,
  workspaceStatus,
  workspaceStatuses,
} from "./status.ts";
export { shippedTemplates } from "./shipped_templates.ts";
export { type PutLeg, type PutTemplate, weightTolerance } from "./template.ts";
export type { ScenarioDay, ScenarioTerms } from "./terms.ts";
export { realizedReturns } from "./volatility.ts";
