import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/adapters/postgres/connect.ts";
import { openStores } from "../../src/wiring/database.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { hasPrograms } from "../helpers/optional_program.ts";
import { startPgbouncer } from "../helpers/pgbouncer.ts";
import { runProgram } from "../helpers/program.ts";

const server = embeddedPostgres();
const ignore = !await hasPrograms("pgbouncer");
const silent = { onNotice: () => {} };

Deno.test({
  name:
    "behind pgbouncer in session mode, as it is shipped, a job is queued and claimed, and sessions have their settings",
  ignore,
  fn: async () => {
    await using pooler = await startPgbouncer(await server.createDatabase(), { poolMode: "session" });
    await using stores = await openStores(pooler.dsn, { ...silent, migrate: true });
    assert.equal(await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }), null);
    await withPool(pooler.dsn, async (sql) => {
      const [settings] = await sql`
        SELECT current_setting('statement_timeout') AS statement,
          current_setting('idle_in_transaction_session_timeout') AS idle,
          current_setting('tcp_keepalives_idle') AS keepalive,
          current_setting('application_name') AS name`;
      assert.deepEqual(settings, {
        statement: "30s",
        idle: "5s",
        keepalive: "10",
        name: "backtest-job-runner",
      });
    });
  },
});

for (const poolMode of ["transaction", "statement"] as const) {
  Deno.test({
    name: `pgbouncer in ${poolMode} mode is refused at start in one line that says what to do`,
    ignore,
    fn: async () => {
      const direct = await server.createDatabase();
      await using _migrated = await openStores(direct, { ...silent, migrate: true });
      await using pooler = await startPgbouncer(direct, { poolMode });
      const { code, stderr } = await runProgram(["jobs", "list"], { env: { STRATEGY_PG_DSN: pooler.dsn } });
      assert.equal(code, 1);
      assert.match(stderr, /^Cannot use the database: .*pool_mode = session.*\n$/);
    },
  });
}

Deno.test("a session has its settings before its first statement, and after every reconnection", async () => {
  const sql = connect(await server.createDatabase(), { connectionsMax: 1 });
  try {
    for (let n = 0; n < 3; n++) {
      const [row] = await sql`SELECT current_setting('statement_timeout') AS statement`;
      assert.equal(row!.statement, "30s");
      // the first statement ends the session, the next one may still go to it
      for (const text of ["SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"]) {
        await sql.unsafe(text).catch(() => {});
      }
    }
  } finally {
    await disconnect(sql);
  }
});
