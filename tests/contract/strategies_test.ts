import assert from "node:assert/strict";
import { manualClock } from "../memory/clock.ts";
import { memoryStrategies } from "../memory/strategy_repository.ts";
import { connect, type ConnectOptions, disconnect } from "../../src/adapters/postgres/connect.ts";
import type { Database } from "../../src/adapters/postgres/database.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { postgresStrategies } from "../../src/adapters/postgres/strategy_repository.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { jobIdOf } from "./job_stores.ts";
import { newStrategy, type StrategyStore, testStrategyRepository } from "./strategy_repository_contract.ts";

const server = embeddedPostgres();
let dsn: Promise<string> | undefined;

testStrategyRepository({
  name: "memory",
  open() {
    const clock = manualClock(1000);
    const tick = () => clock.advance(1);
    return Promise.resolve({ strategies: memoryStrategies(clock), tick, close: () => Promise.resolve() });
  },
});

testStrategyRepository({
  name: "postgres",
  open: async () => await openStore(await (dsn ??= server.createDatabase()), { connectionsMax: 4 }),
});

let pglite: Database;
Deno.test.beforeAll(async () => {
  pglite = await openDatabase("pglite:memory");
});
Deno.test.afterAll(() => pglite.close());

testStrategyRepository({ name: "pglite", ownTimers: true, open: () => openStore(pglite.dsn, pglite) });

async function openStore(dsn: string, options: ConnectOptions): Promise<StrategyStore> {
  const sql = connect(dsn, options);
  await migrate(sql);
  await sql`TRUNCATE backtest_strategies`;
  return {
    strategies: postgresStrategies(sql),
    tick: async () => void await sql`SELECT pg_sleep(0.001)`,
    close: () => disconnect(sql),
  };
}

Deno.test("backtest_strategies refuses a blank name and a specification that is no object", async () => {
  const sql = connect(await (dsn ??= server.createDatabase()), { connectionsMax: 1 });
  try {
    await migrate(sql);
    await sql`TRUNCATE backtest_strategies`;
    await postgresStrategies(sql).create(newStrategy(1), { max: 1 });
    const id = jobIdOf(1);
    await assert.rejects(
      sql`UPDATE backtest_strategies SET name = ' ' WHERE strategy_id = ${id}::uuid`.execute(),
      { constraint_name: "backtest_strategies_name_chk" },
    );
    await assert.rejects(
      sql`UPDATE backtest_strategies SET spec_json = '[]' WHERE strategy_id = ${id}::uuid`.execute(),
      { constraint_name: "backtest_strategies_spec_shape_chk" },
    );
  } finally {
    await disconnect(sql);
  }
});
