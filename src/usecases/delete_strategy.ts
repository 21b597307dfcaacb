import type { StrategyRepository } from "../ports/strategy_repository.ts";
import { ownStrategy, strategyNotFound, type StrategyQuery } from "./own_strategy.ts";

/** Deletes a user's strategy; afterwards it is `not_found` for its owner, too. Jobs made of it keep their copy. */
export async function deleteStrategy(strategies: StrategyRepository, query: StrategyQuery): Promise<void> {
  const { strategyId, userId } = await ownStrategy(strategies, query);
  // Another request may have been faster.
  if (!await strategies.delete({ strategyId, userId })) throw strategyNotFound(strategyId);
}
