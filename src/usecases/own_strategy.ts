import { BacktestError } from "../core/errors/mod.ts";
import type { Strategy } from "../core/strategy/mod.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import { ownId } from "./own_id.ts";

/** Whose strategy is asked for. */
export interface StrategyQuery {
  readonly strategyId: string;
  readonly userId: string;
}

/**
 * Reads a strategy and decides whether the caller may use it: missing or deleted is `not_found`, another user's is
 * `forbidden`. Rejects with `validation_error` when the id is no UUID.
 */
export async function ownStrategy(strategies: StrategyRepository, query: StrategyQuery): Promise<Strategy> {
  const strategyId = ownId("strategy", query.strategyId);
  const strategy = await strategies.get(strategyId);
  if (strategy === null) throw strategyNotFound(strategyId);
  if (strategy.userId !== query.userId) {
    throw new BacktestError("forbidden", "Backtest strategy does not belong to current user", {
      details: { strategy_id: strategyId },
    });
  }
  return strategy;
}

/** The refusal of an id that no strategy has, or has no more. */
export function strategyNotFound(strategyId: string): BacktestError {
  return new BacktestError("not_found", "Backtest strategy was not found", {
    details: { strategy_id: strategyId },
  });
}
