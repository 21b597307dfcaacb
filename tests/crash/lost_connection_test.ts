import assert from "node:assert/strict";
import type { Socket } from "node:net";
import postgres from "postgres";
import { connect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { openSocket } from "../../src/adapters/postgres/server_socket.ts";
import { setUpSession, startPadding } from "../../src/adapters/postgres/session_setup.ts";
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

/** A pool of one connection whose socket can be told to fail. */
function poolThatFails(dsn: string) {
  let socket: Socket;
  const open = async (
    { host: [host], port: [port] }: { readonly host: string[]; readonly port: number[] },
  ) => {
    const address = { host: host!, port: port!, tls: "disable", certificates: {} } as const;
    const opened = await openSocket(address, { timeoutMs: 30_000, closed: new AbortController().signal });
    return socket = setUpSession(opened, ["SET jit = off"]);
  };
  const options = { max: 1, ssl: false, fetch_types: false, backoff: () => 0, connection: startPadding };
  const sql = postgres(dsn, { ...options, socket: open } as typeof options);
  return { sql, reset: () => socket.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" })) };
}

const numbers = async (sql: Sql) => {
  for (const n of [3, 4]) assert.deepEqual([...await sql`SELECT ${n}::int AS n`], [{ n }]);
};

test("13 a statement that follows at once on the failure of another is answered, and so are those after it", async () => {
  const { sql, reset } = poolThatFails(await server.createDatabase());
  const [{ pid }] = await sql<[{ readonly pid: number }]>`SELECT pg_backend_pid() AS pid`;
  const doomed = sql`SELECT pg_sleep(600)`.execute();
  const next = doomed.catch(() => sql`SELECT 2 AS n`);
  await withPool(await server.createDatabase(), async (other) => {
    while (
      (await other`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid} AND query LIKE '%sleep%'`).length === 0
    );
  });
  reset();
  assert.deepEqual([...await next], [{ n: 2 }]);
  await numbers(sql);
  await sql.end({ timeout: 0 });
});

test("13 a statement that is given to a connection that fails meanwhile ends, and those after it are answered", async () => {
  const { sql, reset } = poolThatFails(await server.createDatabase());
  await sql`SELECT 1`;
  // in this turn of the loop: the driver has it, and has not written it yet
  const unwritten = sql`SELECT 2`.execute();
  reset();
  await assert.rejects(Promise.resolve(unwritten), { code: "ECONNRESET" });
  await numbers(sql);
  await sql.end({ timeout: 0 });
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
