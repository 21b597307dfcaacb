import assert from "node:assert/strict";
import { connect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { inTransaction } from "../../src/adapters/postgres/transaction.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { WireProxy } from "./wire_proxy.ts";

const server = embeddedPostgres();

// postgres.js would wait for the statement that went down with its connection, until the time-out of end()
async function withDoomedPool(dsn: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = connect(dsn, { connectionsMax: 2 });
  try {
    await work(sql);
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** Without the check for timers: one of the driver's, for connecting anew, outlives the pool it belongs to. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

test("inTransaction() rejects when the connection is torn down, and the pool goes on", async () => {
  const dsn = await server.createDatabase();
  await using proxy = new WireProxy(dsn, ({ sql }, moment) => {
    return sql.includes("doomed") && moment === "sent" ? "reset" : "forward";
  });
  await withDoomedPool(proxy.dsn, async (sql) => {
    await sql`CREATE TABLE notes (note text)`;
    const work = inTransaction(sql, async (tx) => {
      await tx`INSERT INTO notes VALUES ('lost')`;
      await tx`SELECT 'doomed'`;
    });
    await assert.rejects(work, { code: /CONNECTION_CLOSED|ECONNRESET/ });
    assert.deepEqual([...await sql`SELECT * FROM notes`], []);
  });
});

test("inTransaction() rejects when the server ends the connection, and the pool goes on", async () => {
  await withDoomedPool(await server.createDatabase(), async (sql) => {
    const work = inTransaction(sql, (tx) => tx`SELECT pg_terminate_backend(pg_backend_pid())`);
    await assert.rejects(work);
    assert.deepEqual([...await sql`SELECT 1 AS one`], [{ one: 1 }]);
  });
});

test("inTransaction() rolls back what rejects and answers what does not", async () => {
  await withPool(await server.createDatabase(), async (sql) => {
    await sql`CREATE TABLE notes (note text)`;
    const refused = inTransaction(sql, async (tx) => {
      await tx`INSERT INTO notes VALUES ('refused')`;
      throw new Error("not this one");
    });
    await assert.rejects(refused, { message: "not this one" });
    const kept = await inTransaction(sql, (tx) => tx`INSERT INTO notes VALUES ('kept') RETURNING note`);
    assert.deepEqual([...kept], [{ note: "kept" }]);
    assert.deepEqual([...await sql`SELECT note FROM notes`], [{ note: "kept" }]);
  });
});

for (const moment of ["before", "sent", "executed"] as const) {
  test(`a connection that dies in its first statement (${moment}) rejects what waits for it, and the pool goes on`, async () => {
    let deaths = 3;
    await using proxy = new WireProxy(await server.createDatabase(), ({ sql }, at) => {
      return sql.startsWith("SET ") && at === moment && deaths-- > 0 ? "reset" : "forward";
    });
    await withDoomedPool(proxy.dsn, async (sql) => {
      const answers: unknown[] = [];
      while (answers.length === 0) await sql`SELECT 1 AS one`.then((rows) => answers.push(...rows), () => {});
      assert.deepEqual(answers, [{ one: 1 }]);
      assert.ok(deaths <= 0);
    });
  });
}

test("a connection sends its settings and then what it was opened for, nothing of the driver's own", async () => {
  const seen: string[] = [];
  await using proxy = new WireProxy(await server.createDatabase(), ({ sql }, moment) => {
    if (moment === "before") seen.push(sql.trim());
    return "forward";
  });
  await withDoomedPool(proxy.dsn, async (sql) => void await sql`SELECT ${"x"}::text AS text`);
  assert.deepEqual(seen, [
    "SET statement_timeout = 30000; SET idle_in_transaction_session_timeout = 5000; " +
    "SET enable_seqscan = off; SET jit = off; " +
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3",
    "SELECT $1::text AS text",
  ]);
});

test("a result is whole although the connection before died in the middle of one", async () => {
  await withDoomedPool(await server.createDatabase(), async (sql) => {
    for (let n = 0; n < 3; n++) {
      await sql`SELECT pg_terminate_backend(pg_backend_pid())`.catch(() => {});
      // may still go to the session that has ended
      const rows = await sql`SELECT 1 AS one`.catch(() => sql`SELECT 1 AS one`);
      assert.deepEqual([...rows], [{ one: 1 }]);
    }
  });
});

test("a server that hangs up on every connection rejects what waits for it, with TLS or without, rather than being called for ever", async () => {
  for (const sslmode of ["disable", "prefer", "verify-full"]) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    let calls = 0;
    const hangingUp = (async () => {
      for await (const client of listener) {
        calls++;
        client.close();
      }
    })();
    const dsn = `postgres://nobody@127.0.0.1:${listener.addr.port}/none?sslmode=${sslmode}`;
    await withDoomedPool(dsn, async (sql) => {
      await assert.rejects(Promise.resolve(sql`SELECT 1`), {
        code: /CONNECTION_CLOSED|ECONNRESET|EPIPE|TLS_FAILED/,
      });
    });
    assert.ok(calls <= 2, `${sslmode}: ${calls} calls`);
    listener.close();
    await hangingUp;
  }
  const nobody = `postgres://nobody@127.0.0.1:1/none?sslmode=verify-full`;
  await withDoomedPool(nobody, async (sql) => {
    await assert.rejects(Promise.resolve(sql`SELECT 1`), { code: "ECONNREFUSED" });
  });
});
