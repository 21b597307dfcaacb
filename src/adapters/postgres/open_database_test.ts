import assert from "node:assert/strict";
import { connect, disconnect, type Sql } from "./connect.ts";
import { openDatabase, serverConnectionsMax } from "./open_database.ts";

async function withSql<T>(dsn: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(dsn, { connectionsMax: 1 });
  try {
    return await work(sql);
  } finally {
    await disconnect(sql);
  }
}

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "backtest-test-" });
  try {
    // As root the server runs as nobody, who must be able to enter.
    await Deno.chmod(directory, 0o755);
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const failOnNotice = (line: string) => assert.fail(line);

Deno.test("openDatabase() passes a server's DSN through and hides its password", async () => {
  const dsn = "postgres://someone:secret@db.example:5433/jobs";
  await using database = await openDatabase(dsn);
  assert.equal(database.dsn, dsn);
  assert.equal(database.description, "Postgres at db.example:5433/jobs");
  assert.deepEqual([database.connectionsMax, database.canListen], [serverConnectionsMax, true]);
});

Deno.test("openDatabase() refuses other DSNs without repeating them", async () => {
  for (const dsn of ["", "embedded:", "mysql://u:secret@h/db", "secret"]) {
    await assert.rejects(openDatabase(dsn), (error: Error & { code?: string }) => {
      assert.equal(error.code, "validation_error");
      assert.ok(!error.message.includes("secret"));
      return true;
    });
  }
});

Deno.test("openDatabase() keeps what an embedded directory holds", async () => {
  await withDirectory(async (parent) => {
    const dsn = `embedded:${parent}/data`;
    {
      await using database = await openDatabase(dsn, { onNotice: failOnNotice });
      assert.ok(database.canListen && database.connectionsMax > 1);
      const { port } = new URL(database.dsn);
      const place = `data in "${parent}/data"`;
      assert.equal(database.description, `embedded Postgres at 127.0.0.1:${port}, ${place}`);
      await withSql(database.dsn, (sql) => sql`CREATE TABLE kept AS SELECT 42 AS value`);
    }
    await using database = await openDatabase(dsn, { onNotice: failOnNotice });
    assert.deepEqual([...await withSql(database.dsn, (sql) => sql`SELECT value FROM kept`)], [{ value: 42 }]);
    assert.ok(!database.description.includes(new URL(database.dsn).password));
    assert.equal((await Deno.stat(`${parent}/data/password`)).mode! & 0o777, 0o600);
  });
});

Deno.test("openDatabase() refuses an embedded directory in use rather than starting empty elsewhere", async () => {
  await withDirectory(async (parent) => {
    const dsn = `embedded:${parent}/data`;
    await using _first = await openDatabase(dsn, { onNotice: failOnNotice });
    await assert.rejects(openDatabase(dsn, { onNotice: failOnNotice }), {
      code: "storage_unavailable",
      message:
        /^Cannot start embedded Postgres in ".*\/data": another process uses the folder \(.*postmaster\.pid" already exists/,
    });
  });
});

Deno.test("openDatabase() stays with the PGlite that an earlier fallback left in a directory", async () => {
  await withDirectory(async (parent) => {
    await Deno.mkdir(`${parent}/pglite`);
    const notices: string[] = [];
    await using database = await openDatabase(`embedded:${parent}`, {
      onNotice: (line) => notices.push(line),
    });
    assert.deepEqual([database.connectionsMax, database.canListen], [1, false]);
    assert.deepEqual(notices, [
      `Using PGlite instead of embedded Postgres: "${parent}/pglite" already holds its data`,
    ]);
  });
});

Deno.test("openDatabase() of a temporary server dies and cleans up with a killed process", async () => {
  const module = import.meta.resolve("./open_database.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const { openDatabase } = await import(${JSON.stringify(module)});
      const { dsn } = await openDatabase("embedded:temporary");
      console.log(dsn);
      setInterval(() => {}, 1000);`,
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const dsn = (await reader.read()).value!.trim();
  const directory = await withSql(dsn, async (sql) => {
    const [row] = await sql<[{ readonly data_directory: string }]>`SHOW data_directory`;
    return row.data_directory;
  });
  await Deno.stat(directory);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  await untilGone(directory);
});

async function untilGone(directory: string): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const found = await Deno.stat(directory).then(() => true, () => false);
    if (!found) return;
  }
  assert.fail(`"${directory}" is still there`);
}
