import { type NewStrategy, type Strategy, strategyQuotaExceeded } from "../../core/strategy/mod.ts";
import type { StrategyPage, StrategyPageQuery, StrategyRepository } from "../../ports/strategy_repository.ts";
import type { Sql } from "./connect.ts";
import { asJsonb, moment } from "./fragments.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";
import { checked, strategyChecks } from "../../ports/checked.ts";

/** Saved strategies over a pool. */
export function postgresStrategies(sql: Sql): StrategyRepository {
  return checked(strategyChecks, {
    async create(strategy, { max }) {
      const action = `save strategy "${strategy.strategyId}"`;
      return await withStorageErrors(action, () => create(sql, { strategy, max }));
    },
    async get(strategyId) {
      return await withStorageErrors(`read strategy "${strategyId}"`, async () => {
        const [row] = await sql<StrategyRow[]>`
          SELECT * FROM backtest_strategies WHERE strategy_id = ${strategyId}::uuid`;
        return row ? toStrategy(row) : null;
      });
    },
    async listForUser(query) {
      return await withStorageErrors(
        `list strategies of user "${query.userId}"`,
        () => listForUser(sql, query),
      );
    },
    async delete({ strategyId, userId }) {
      return await withStorageErrors(`delete strategy "${strategyId}"`, async () => {
        const { count } = await sql`
          DELETE FROM backtest_strategies
          WHERE strategy_id = ${strategyId}::uuid AND user_id = ${userId}::uuid`;
        return count > 0;
      });
    },
  });
}

async function listForUser(sql: Sql, { userId, limit, cursor }: StrategyPageQuery): Promise<StrategyPage> {
  const after = cursor && new Date(cursor.createdAtMs);
  // One row more than asked for tells whether there is a next page.
  const rows = await sql<StrategyRow[]>`
    SELECT * FROM backtest_strategies
    WHERE user_id = ${userId}::uuid
      ${
    cursor ? sql`AND (created_at, strategy_id) < (${after!}::timestamptz, ${cursor.strategyId}::uuid)` : sql``
  }
    ORDER BY created_at DESC, strategy_id DESC
    LIMIT ${limit + 1}::int`;
  const items = rows.slice(0, limit).map(toStrategy);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, strategyId: last.strategyId } : null };
}

interface StrategyRow {
  readonly strategy_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly spec_json: Strategy["spec"];
  readonly created_at: Date;
}

async function create(
  sql: Sql,
  { strategy, max }: { readonly strategy: NewStrategy; readonly max: number },
): Promise<Strategy> {
  const { strategyId, userId, name, spec } = strategy;
  return await inTransaction(sql, async (tx) => {
    // The seed differs from that of the jobs' lock: saving a strategy need not wait for a submit.
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${userId}::text, 1))`;
    const [{ kept }] = await tx<[{ readonly kept: number }]>`
      SELECT count(*)::int AS kept FROM backtest_strategies WHERE user_id = ${userId}::uuid`;
    if (kept >= max) throw strategyQuotaExceeded(kept, max);
    const [row] = await tx<[StrategyRow]>`
      INSERT INTO backtest_strategies (strategy_id, user_id, name, spec_json, created_at)
      SELECT ${strategyId}::uuid, ${userId}::uuid, ${name}::text, ${asJsonb(tx, spec)}, now.at
      FROM ${moment(tx)} AS now
      RETURNING *`;
    return toStrategy(row);
  });
}

function toStrategy(row: StrategyRow): Strategy {
  return {
    strategyId: row.strategy_id,
    userId: row.user_id,
    name: row.name,
    spec: row.spec_json,
    createdAtMs: row.created_at.getTime(),
  };
}
