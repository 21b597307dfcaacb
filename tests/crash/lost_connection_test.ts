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
