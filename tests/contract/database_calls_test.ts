import assert from "node:assert/strict";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { DatabaseCalls } from "../../src/adapters/postgres/database_calls.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { postgresQueueLookout } from "../../src/adapters/postgres/queue_lookout.ts";
import { type DatabaseErrorKind, databaseErrorKinds } from "../../src/ports/database_usage.ts";
import { embeddedPostgres, withPool, withSchema } from "../helpers/postgres.ts";
import { newJob } from "./job_stores.ts";

const server = embeddedPostgres();

/** What a rejected call counts as. */
async function kindOf(sql: Sql, call: (watched: ReturnType<typeof ports>) => Promise<unknown>) {
  const calls = new DatabaseCalls({ connectionsMax: 1 });
  await assert.rejects(call(ports(sql, calls)), { code: "storage_unavailable" });
  const counted = databaseErrorKinds.filter((kind) => calls.errors(kind) > 0);
  assert.equal(counted.length, 1);
  return counted[0] satisfies DatabaseErrorKind | undefined;
}

function ports(sql: Sql, calls: DatabaseCalls) {
  return { jobs: calls.watch(postgresJobs(sql).jobs), lookout: calls.watch(postgresQueueLookout(sql)) };
}

/** A pool of one connection on which statements have been sent. */
async function withStatements<T>(
  dsn: string,
  statements: readonly string[],
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  return await withPool(dsn, async (sql) => {
    for (const statement of statements) await sql.unsafe(statement);
    return await work(sql);
  }, { connectionsMax: 1 });
}

Deno.test("a database that is not there counts as connection", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const sql = connect(`postgres://nobody@127.0.0.1:${port}/none`, { connectionsMax: 1 });
  try {
    assert.equal(await kindOf(sql, ({ lookout }) => lookout.look()), "connection");
  } finally {
    await disconnect(sql);
  }
});

Deno.test("what a real server refuses counts by what was wrong", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    await postgresJobs(sql).jobs.create(newJob(1), { maxActive: 9 });
    const taken = await kindOf(sql, ({ jobs }) => jobs.create(newJob(1), { maxActive: 9 }));
    assert.equal(taken, "integrity");
    await sql.unsafe("CREATE ROLE onlooker LOGIN");
  });
  const asOnlooker = await withStatements(
    dsn,
    ["SET ROLE onlooker"],
    (sql) => kindOf(sql, ({ lookout }) => lookout.look()),
  );
  assert.equal(asOnlooker, "permission");
  await withPool(dsn, async (holder) => {
    await holder.begin(async (tx) => {
      await tx`LOCK TABLE backtest_jobs`;
      const late = await withStatements(
        dsn,
        ["SET statement_timeout = 50"],
        (sql) => kindOf(sql, ({ lookout }) => lookout.look()),
      );
      assert.equal(late, "timeout");
    });
    await holder.unsafe("DROP TABLE backtest_jobs CASCADE");
    assert.equal(await kindOf(holder, ({ lookout }) => lookout.look()), "other");
  });
});

Deno.test("calls beyond the pool's connections count as waiting ones", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (holder) => {
    await withPool(dsn, async (sql) => {
      const calls = new DatabaseCalls({ connectionsMax: 1 });
      const { lookout } = ports(sql, calls);
      const looks = await holder.begin(async (tx) => {
        await tx`LOCK TABLE backtest_jobs`;
        const started = [1, 2, 3].map(() => lookout.look());
        assert.equal(calls.callsUnderWay, 3);
        return { started };
      });
      await Promise.all(looks.started);
      assert.equal(calls.callsUnderWay, 0);
    }, { connectionsMax: 1 });
  });
});
