import type { StrategySummary, StrategyView } from "../answers/strategy.ts";
import { specHash } from "../request/hashes.ts";
import type { Strategy } from "../core/strategy/mod.ts";

/** The public view of a strategy without its template. */
export function strategySummary({ strategyId, name, createdAtMs, spec }: Strategy): StrategySummary {
  return {
    strategy_id: strategyId,
    name,
    created_at: new Date(createdAtMs).toISOString(),
    spec_hash: specHash(spec),
  };
}

/** The public view of a strategy. */
export function strategyView(strategy: Strategy): StrategyView {
  return { ...strategySummary(strategy), template: strategy.spec };
}
