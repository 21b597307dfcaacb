// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { BacktestError } from "../../src/core/errors/mod.ts";
import { type Strategy, type StrategyCursor, strategyQuotaExceeded } from "../../src/core/strategy/mod.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { StrategyRepository } from "../../src/ports/strategy_repository.ts";
import { asStored } from "./job_store.ts";
import { checked, strategyChecks } from "../../src/ports/checked.ts";

/** Saved strategies in memory; `clock` stands for the database's clock. */
export function memoryStrategies(clock: Clock): StrategyRepository {
  const kept = new Map<string, Strategy>();
  const ofUser = (userId: string) => [...kept.values()].filter((strategy) => strategy.userId === userId);
  return checked(strategyChecks, {
    async create(strategy, { max }) {
      const count = ofUser(strategy.userId).length;
      if (count >= max) throw strategyQuotaExceeded(count, max);
      const { strategyId } = strategy;
      if (kept.has(strategyId)) {
        throw new BacktestError(
          "storage_unavailable",
          `Cannot save strategy "${strategyId}": the id is taken`,
        );
      }
      const created = asStored({ ...strategy, createdAtMs: clock.nowMs() });
      kept.set(strategyId, created);
      return created;
    },
    async get(strategyId) {
      return kept.get(strategyId) ?? null;
    },
    async listForUser({ userId, limit, cursor }) {
      const rest = ofUser(userId)
        .filter((strategy) => cursor === undefined || newestFirst(cursor, strategy) < 0)
        .sort(newestFirst);
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      const more = rest.length > limit && last !== undefined;
      return {
        items,
        nextCursor: more ? { createdAtMs: last.createdAtMs, strategyId: last.strategyId } : null,
      };
    },
    async delete({ strategyId, userId }) {
      return kept.get(strategyId)?.userId === userId && kept.delete(strategyId);
    },
  });
}

function newestFirst(a: StrategyCursor, b: StrategyCursor): number {
  return b.createdAtMs - a.createdAtMs ||
    (a.strategyId < b.strategyId ? 1 : a.strategyId > b.strategyId ? -1 : 0);
}
