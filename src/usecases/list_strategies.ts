import type { StrategyList } from "../answers/strategy.ts";
import { decodeStrategyCursor, encodeStrategyCursor } from "../core/strategy/mod.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import { listLimit } from "./list_limit.ts";
import { strategySummary } from "./strategy_view.ts";

/** Which strategies are asked for; a blank cursor counts as absent. */
export interface StrategyListQuery {
  readonly userId: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** A page of the caller's strategies. Rejects with `validation_error` naming cursor or limit, checked in that order. */
export async function listStrategies(
  strategies: StrategyRepository,
  query: StrategyListQuery,
): Promise<StrategyList> {
  const cursor = query.cursor?.trim() ? decodeStrategyCursor(query.cursor.trim()) : undefined;
  const limit = listLimit(query.limit, "Strategies");
  const page = await strategies.listForUser({
    userId: query.userId,
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  return {
    items: page.items.map(strategySummary),
    next_cursor: page.nextCursor && encodeStrategyCursor(page.nextCursor),
  };
}
