import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/adapters/postgres/connect.ts";
import { migrate, migrationStatus } from "../../src/adapters/postgres/migrate.ts";
import { readMigrations, schemaVersion } from "../../src/adapters/postgres/migration_files.ts";
import { requireSchema, workerSchemaMin } from "../../src/adapters/postgres/require_schema.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { additive, earlierVersion, laterVersion, newestVersion, stillWorks } from "./other_schema.ts";
import { type RecordedSession, recordSession } from "./record_session.ts";

const server = embeddedPostgres();
const folder = new URL("./sessions/", import.meta.url);
const recorded = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

async function readSession(name: string): Promise<RecordedSession> {
  return JSON.parse(await Deno.readTextFile(new URL(name, folder)));
}

/** Sends an old version's statements as it sent them, on one connection, and returns the jobs afterwards. */
async function replay(session: RecordedSession, dsn: string): Promise<RecordedSession["jobs"]> {
  const sql = connect(dsn, { connectionsMax: 1 });
  // postgres.js 3.4.9 reserves only connections that are open
  await sql`SELECT 1`;
  const connection = await sql.reserve();
  try {
    for (const { text, parameters } of session.statements) {
      await connection.unsafe(text, parameters as string[]).catch((error: Error) => {
        throw new Error(`Cannot replay "${text}": ${error.message}`);
      });
    }
    const jobs = await connection<RecordedSession["jobs"][number][]>`
      SELECT job_id AS id, state, (
        SELECT count(*)::int FROM backtest_job_top_variants AS top WHERE top.job_id = j.job_id
      ) AS "topRows" FROM backtest_jobs AS j ORDER BY job_id`;
    return [...jobs];
  } finally {
    connection.release();
    await disconnect(sql);
  }
}

Deno.test("what an older release sent to its database still does the same on this schema", async (t) => {
  assert.ok(recorded.length > 0);
  for (const name of recorded) {
    const session = await readSession(name);
    const works = await stillWorks(schemaVersion(session.schema));
    await t.step({
      name: works ? name : `${name} (a later migration says that it breaks this release)`,
      ignore: !works,
      async fn() {
        const dsn = await server.createDatabase();
        await withPool(dsn, migrate);
        assert.deepEqual(await replay(session, dsn), session.jobs);
      },
    });
  }
});

Deno.test("what this version sends does the same on a later additive schema, and not on a breaking one", async () => {
  const session = await recordSession(await server.createDatabase());
  const version = await newestVersion();
  assert.equal(schemaVersion(session.schema), version);
  const run = async (text: string) => {
    await using later = await laterVersion({ "9998_later.sql": text });
    const dsn = await server.createDatabase();
    await withPool(dsn, (sql) => migrate(sql, later));
    return await replay(session, dsn);
  };
  assert.deepEqual(await run(additive(version)), session.jobs);
  await assert.rejects(
    run("-- compatible_with: none\nALTER TABLE backtest_jobs RENAME COLUMN stage TO phase;\n"),
    /Cannot replay .*stage/s,
  );
});

Deno.test("the record of migrations that older releases made has no compatible_with, and is completed", async () => {
  await using earlier = await earlierVersion(workerSchemaMin);
  await withPool(await server.createDatabase(), async (sql) => {
    await migrate(sql, earlier);
    await sql`ALTER TABLE backtest_schema_migrations DROP COLUMN compatible_with`;
    await requireSchema(sql, { min: workerSchemaMin });
    const states = new Set((await migrationStatus(sql, earlier)).map(({ state }) => state));
    assert.deepEqual([...states], ["applied"]);
    await migrate(sql);
    assert.deepEqual(await requireSchema(sql), []);
    const [last] = await sql`
      SELECT name, compatible_with FROM backtest_schema_migrations ORDER BY name DESC LIMIT 1`;
    const newest = (await readMigrations()).at(-1)!;
    assert.deepEqual({ ...last }, { name: newest.name, compatible_with: newest.compatibleWith });
  });
});

Deno.test("a recorded session ends jobs in every way there is", async () => {
  const { jobs } = await readSession(recorded.at(-1)!);
  assert.deepEqual(jobs.map(({ state }) => state), ["succeeded", "cancelled", "failed", "queued"]);
});
