import type { SentStrategy } from "../request/strategy.ts";
import { refuseUnknownNames } from "../request/known_names.ts";
import { strategiesPerUserMax, type Strategy } from "../core/strategy/mod.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";

/** A strategy as sent, and whose it will be. */
export interface StrategyToSave extends SentStrategy {
  readonly userId: string;
}

/** What saving works with. */
export interface SaveStrategyDeps {
  readonly strategies: StrategyRepository;
  /** Makes a UUID v4. */
  readonly newId: () => string;
}

/**
 * Saves a template under a new id. Rejects with `validation_error` when the user keeps as many strategies as one may,
 * and for names nobody knows. The values of the template's grids are checked when it is run, as the defaults that
 * complete them may change until then.
 */
export async function saveStrategy(
  { userId, name, template }: StrategyToSave,
  { strategies, newId }: SaveStrategyDeps,
): Promise<Strategy> {
  refuseUnknownNames(template);
  const strategy = { strategyId: newId(), userId, name, spec: template };
  return await strategies.create(strategy, { max: strategiesPerUserMax });
}
