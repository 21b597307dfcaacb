import type { NewStrategy, Strategy } from "../core/strategy.ts";

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
  /** All of a user, newest first: `createdAt DESC, strategyId DESC`. */
  listForUser(userId: string): Promise<readonly Strategy[]>;
  /** False when the user has no such strategy. Jobs started from it keep their copy. */
  delete(query: { readonly strategyId: string; readonly userId: string }): Promise<boolean>;
}
