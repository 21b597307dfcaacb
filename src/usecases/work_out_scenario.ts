import {
  type PutTemplate,
  requireContracts,
  runScenario,
  type ScenarioPhase,
  type ScenarioResult,
} from "../core/scenario/mod.ts";
import type { ScenarioBounds, ScenarioRequest } from "../request/scenario.ts";
import { loadDays } from "../sweep/load_days.ts";
import type { TimelineSource } from "../sweep/load_timeline.ts";

/** What a scenario is worked out with. */
export interface ScenarioWork extends TimelineSource {
  readonly scenarioId: string;
  readonly bounds: ScenarioBounds;
  /** Is told what comes next, and may reject to end the work. */
  readonly enter?: (phase: ScenarioPhase) => Promise<void>;
}

/**
 * Works a scenario out. Rejects with `validation_error` for units or a loan that make no scenario and prices that are none, with
 * `no_candles` or `market_data_unavailable` as `loadDays` does.
 */
export async function workOutScenario(request: ScenarioRequest, work: ScenarioWork): Promise<ScenarioResult> {
  const { scenarioId, bounds, enter = async () => {} } = work;
  await enter("validating");
  const templates = templatesOf(request, bounds);
  requireContracts({ terms: request, templates });
  await enter("fetching_prices");
  const loaded = await loadDays(request, work);
  await enter("calculating");
  return runScenario({
    ...loaded,
    scenarioId,
    terms: request,
    templates,
    volatilityDefault: bounds.volatility_default,
  });
}

/** In the order of the results. Their slugs were looked at when the request was read. */
function templatesOf(
  { template_slug, compare_with }: ScenarioRequest,
  { templates }: ScenarioBounds,
): readonly PutTemplate[] {
  const bySlug = new Map(templates.map((template) => [template.slug, template]));
  return [template_slug, ...compare_with].map((slug) => bySlug.get(slug)!);
}
