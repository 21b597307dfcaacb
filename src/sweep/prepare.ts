import type { Timeline } from "../core/candles.ts";
import { buildPlan } from "../core/build_plan.ts";
import type { DefaultGrids } from "../core/default_grids.ts";
import type { EffectiveRequest } from "../core/effective_request.ts";
import { checkGuards } from "../core/guards.ts";
import type { SweepPlan } from "../core/plan.ts";
import { loadTimeline, type TimelineSource } from "./load_timeline.ts";

/** What a request is turned into a sweep with. */
export interface PrepareOptions extends TimelineSource {
  readonly defaults: DefaultGrids;
  readonly guards: { readonly maxVariants: number; readonly maxBytes: number };
}

/** A request's grid, counted and within its guards, over its bars. */
export interface PreparedSweep {
  readonly plan: SweepPlan;
  readonly timeline: Timeline;
}

/**
 * Plans the grid, loads the candles with warm-up, rolls them up and checks the guards. Rejects with `validation_error`
 * (grid, guard, timeframe) or `market_data_unavailable`.
 */
export async function prepareSweep(
  request: EffectiveRequest,
  options: PrepareOptions,
): Promise<PreparedSweep> {
  const plan = buildPlan({
    template: request.template,
    execution: request.execution,
    keyExecution: request.keyExecution,
    preselect: request.preselect,
    ranking: request.ranking,
    defaults: options.defaults,
    maxVariants: options.guards.maxVariants,
  });
  const timeline = await loadTimeline(request, options);
  checkGuards(plan, { ...options.guards, bars: timeline.candles.close.length });
  return { plan, timeline };
}
