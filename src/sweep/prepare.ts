import { requireVolume } from "../core/catalogue/mod.ts";
import { percentWarnings } from "../core/execution/mod.ts";
import type { EffectiveRequest } from "../request/body.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import {
  checkGuards,
  type GuardBudgets,
  longestLookbacks,
  type SweepPlan,
  variantsMax,
} from "../core/grid/mod.ts";
import { buildPlan } from "../request/plan.ts";
import { onMarket, requireVolumeOf, ruleColumns, rulesLookbacks } from "../request/rules.ts";
import { returnsPerYear, usualDaysPerYear } from "../core/bars/mod.ts";
import { preparedRules, ruleWarnings } from "../core/rules/mod.ts";
import type { Preselect } from "../core/ranking/mod.ts";
import { type LoadedTimeline, loadTimeline, type TimelineSource } from "./load_timeline.ts";

/** What a request is turned into a sweep with. */
export interface PrepareOptions extends TimelineSource {
  readonly defaults: DefaultGrids;
  readonly guards: GuardBudgets;
  /** What `preselect: "all"` is held against. */
  readonly preselectDefault: Preselect;
  /** Whether the request was stored, perhaps by an earlier version; see `buildPlan`. */
  readonly stored?: boolean;
}

/** A request's grid, counted and within its guards, over its bars. */
export interface PreparedSweep extends LoadedTimeline {
  readonly plan: SweepPlan;
  /** What its guards let it hold once it is opened. */
  readonly maxBytes: number;
  /** How many daily returns make a year in its reports, or returns of longer bars. */
  readonly daysPerYear: number;
}

/**
 * Plans the grid, loads the candles with as much warm-up as its longest lookback needs, rolls them up and checks the
 * guards. Rejects with `validation_error` (grid, guard, timeframe, no volume where one is needed) or
 * `market_data_unavailable`.
 */
export async function prepareSweep(
  request: EffectiveRequest,
  options: PrepareOptions,
): Promise<PreparedSweep> {
  const maxVariants = variantsMax(request.preselect, options.guards);
  const built = buildPlan(request, { ...options, maxVariants });
  const { calendar, dayStart } = options.marketOf(built.instrument.market_id);
  const plan = built.rules === undefined ? built : { ...built, rules: onMarket(built.rules, dayStart) };
  const lookbacks = plan.rules === undefined ? longestLookbacks(plan.indicators) : rulesLookbacks(plan.rules);
  const columns = plan.rules === undefined ? [] : ruleColumns(plan.rules);
  const loaded = await loadTimeline({ ...request, lookbacks, columns }, options);
  const indicatorIds = plan.indicators.map(({ indicatorId }) => indicatorId);
  requireVolume({ indicatorIds, hasVolume: loaded.hasVolume, instrument: plan.instrument });
  if (plan.rules !== undefined) requireVolumeOf(plan.rules, loaded);
  const bars = loaded.timeline.candles.close.length;
  const { maxBytes } = options.guards;
  checkGuards(plan, { maxVariants, maxBytes, bars });
  const ofRules = plan.rules === undefined ? [] : ruleWarnings(preparedRules(plan.rules).rules);
  const warnings = [...ofRules, ...loaded.warnings, ...percentWarnings(plan)];
  return {
    ...loaded,
    warnings,
    plan,
    maxBytes,
    daysPerYear: returnsPerYear(
      request.days_per_year ?? usualDaysPerYear[calendar],
      request.template.timeframe,
    ),
  };
}
