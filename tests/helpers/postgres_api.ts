import { memoryJobs } from "../memory/jobs.ts";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { postgresRuns } from "../../src/adapters/postgres/runs.ts";
import { memoryLog } from "../memory/log.ts";
import { runWorld } from "./run_world.ts";
import { candleSource } from "./worker_harness.ts";
import { postgresStrategies } from "../../src/adapters/postgres/strategy_repository.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { type Answer, type ApiWorld, apiWorld, type Sending } from "./api_world.ts";

/** Several APIs over one Postgres, as replicas behind a balancer are. */
export interface PostgresApi extends AsyncDisposable, ReturnType<typeof postgresJobs> {
  /** Sends to the replicas in turn; {@link ApiWorld.send}. */
  send(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** Sends to one replica. */
  readonly replicas: readonly Pick<ApiWorld, "send" | "api">[];
  readonly sql: Sql;
}

/** Opens `replicas` APIs, each with a pool of its own, on the migrated database `dsn`, emptied unless rows are kept. */
export async function postgresApi(
  dsn: string,
  { replicas: count = 3, keepRows = false }: { readonly replicas?: number; readonly keepRows?: boolean } = {},
): Promise<PostgresApi> {
  const sql = connect(dsn, { connectionsMax: 4 });
  await migrate(sql);
  if (!keepRows) await sql`TRUNCATE backtest_jobs, backtest_runs, backtest_strategies CASCADE`;
  const pools = Array.from({ length: count }, () => connect(dsn, { connectionsMax: 4 }));
  const replicas = pools.map((pool) =>
    apiWorld({
      jobs: {
        ...postgresJobs(pool),
        strategies: postgresStrategies(pool),
        // nobody follows events here
        wakeups: memoryJobs(systemClock()).wakeups,
      },
      runStores: postgresRuns(pool),
      runs: runWorld({
        stores: postgresRuns(pool),
        candles: candleSource,
        clock: systemClock(),
        log: memoryLog(),
      }),
      newId: () => crypto.randomUUID(),
    })
  );
  let turn = 0;
  return {
    ...postgresJobs(sql),
    sql,
    replicas,
    send: (method, path, sending) => replicas[turn++ % count]!.send(method, path, sending),
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map(({ deps }) => deps.jobs!.scenarios.tasks.quiet()));
      await Promise.all([sql, ...pools].map((pool) => disconnect(pool)));
    },
  };
}

/** Resolves when `count` statements of this database wait for a lock; rejects when they never do. */
export async function untilWaiting(sql: Sql, count: number): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (performance.now() < deadline) {
    const [{ waiting }] = await sql<[{ readonly waiting: number }]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (waiting >= count) return;
  }
  throw new Error(`Cannot see ${count} statements wait for a lock within two minutes`);
}
