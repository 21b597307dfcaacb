import type { NewStrategy, Strategy, StrategyCursor } from "../core/strategy/mod.ts";

/** One page of a user's strategies. */
export interface StrategyPage {
  readonly items: readonly Strategy[];
  /** Null on the last page. */
  readonly nextCursor: StrategyCursor | null;
}

/** Which strategies are asked for. */
export interface StrategyPageQuery {
  readonly userId: string;
  /** 1..250. */
  readonly limit: number;
  readonly cursor?: StrategyCursor;
}

/**
 * Saved strategies. A job keeps a copy of the one it was started from, so nothing here reaches into a job.
 *
 * Every method rejects with `BacktestError` `storage_unavailable` when the database does not answer.
 */
export interface StrategyRepository {
  /**
   * Stores a strategy and counts the owner's in the same transaction under a per-owner lock. Rejects with
   * `validation_error` (item `quota_exceeded`) when the owner already keeps `max`.
   */
  create(strategy: NewStrategy, options: { readonly max: number }): Promise<Strategy>;
  /** Reads without an owner filter, so that the caller can tell missing from foreign; null once deleted. */
  get(strategyId: string): Promise<Strategy | null>;
  /** Ordered `createdAt DESC, strategyId DESC`. */
  listForUser(query: StrategyPageQuery): Promise<StrategyPage>;
  /** False when the user has no such strategy. Jobs started from it keep their copy. */
  delete(query: { readonly strategyId: string; readonly userId: string }): Promise<boolean>;
}
