import { specHash } from "../request/hashes.ts";
import type { Strategy } from "../core/strategy/mod.ts";
import type { JsonObject } from "../core/text/mod.ts";

/** A strategy as lists show it. */
export interface StrategySummary {
  readonly strategy_id: string;
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly created_at: string;
  /** What a job made of it carries as `spec_hash`. */
  readonly spec_hash: string;
}

/** A strategy as callers see it. */
export interface StrategyView extends StrategySummary {
  readonly template: JsonObject;
}

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
