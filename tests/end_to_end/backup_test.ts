import assert from "node:assert/strict";
import type { Binaries } from "../../src/adapters/postgres/embedded_binaries.ts";
import { createTemporaryCluster } from "../../src/adapters/postgres/embedded_cluster.ts";
import { findServerUser } from "../../src/adapters/postgres/embedded_user.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { startPostgres } from "../../src/adapters/postgres/postgres_process.ts";
import { databaseWithRoles } from "../deploy/roles.ts";
import { hasPrograms, outputOf } from "../helpers/optional_program.ts";
import { withPool } from "../helpers/postgres.ts";
import { runProgram } from "../helpers/program.ts";
import { runbookBlocks, runShell } from "../helpers/runbook.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

// pg_dump must not be older than its server, so the machine's own server is used, not the embedded one
const binaries = await installedServer();
const ignore = !await hasPrograms("bash", "pg_dump", "pg_restore") || binaries === null;
const blocks = runbookBlocks();
const passwords = { owner: "one", backtest: "two" };

Deno.test("the runbook's backup of a database comes back in an empty one, and the worker's role can use it", {
  ignore,
}, async () => {
  await using folder = await temporaryFolder();
  const user = await findServerUser();
  const cluster = await createTemporaryCluster(binaries!, user);
  const server = await startPostgres({ binaries: binaries!, user, cluster });
  let made = 0;
  const createDatabase = () =>
    withPool(server.dsn, async (sql) => {
      const name = `backup_${made++}`;
      await sql.unsafe(`CREATE DATABASE ${name}`);
      return Object.assign(new URL(server.dsn), { pathname: name }).href;
    });
  const as = (dsn: string, username: string, password: string) =>
    Object.assign(new URL(dsn), { username, password }).href;
  try {
    const [from, to] = [
      await databaseWithRoles({ createDatabase }, passwords),
      await databaseWithRoles({ createDatabase }, passwords),
    ];
    const owner = as(from, "backtest_owner", passwords.owner);
    await withPool(owner, (sql) => migrate(sql));
    await withPool(as(from, "backtest", passwords.backtest), (sql) =>
      sql`
        INSERT INTO backtest_jobs (
          job_id, user_id, mode, state, stage, created_at, updated_at, finished_at, request_json, request_hash,
          engine_params_hash, backtest_runtime_config_hash
        )
        SELECT gen_random_uuid(), gen_random_uuid(), 'template', 'cancelled', 'stage_a', at, at, at, '{"a":1}',
          repeat('a', 64), repeat('a', 64), repeat('a', 64)
        FROM generate_series(1, 7), (SELECT date_trunc('milliseconds', now()) AS at) AS ended`);
    const shell = (dsn: string) => ({
      env: { PATH: Deno.env.get("PATH")!, BACKUP: `${folder.path}/backtest.dump`, POSTGRES_DSN: dsn },
      ports: {},
    });
    const backup = blocks.get("back up")!;
    const dumped = await runShell(backup, shell(owner));
    assert.equal(dumped.code, 0, dumped.stderr);
    for (const text of backup.shows) assert.ok(dumped.stdout.includes(text), dumped.stdout);
    const restoredOwner = as(to, "backtest_owner", passwords.owner);
    const restored = await runShell(blocks.get("restore")!, shell(restoredOwner));
    assert.equal(restored.code, 0, restored.stderr);

    const rows = (dsn: string) => withPool(dsn, (sql) => sql`SELECT * FROM backtest_jobs ORDER BY job_id`);
    const worker = as(to, "backtest", passwords.backtest);
    assert.deepEqual([...await rows(worker)], [...await rows(from)]);
    assert.equal((await rows(worker)).length, 7);
    await withPool(worker, (sql) => sql`DELETE FROM backtest_jobs`);
    const status = await runProgram(["migrate", "status"], { env: { POSTGRES_DSN: restoredOwner } });
    assert.equal(status.code, 0, status.stderr);
  } finally {
    await server.stop();
  }
});

/** The programs of a Postgres server that lies where its packages put it; null, with a line on stderr, without one. */
async function installedServer(): Promise<Binaries | null> {
  const listed = await outputOf("/bin/sh", [
    "-c",
    'ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null; dirname "$(command -v initdb)"',
  ]);
  for (const folder of new TextDecoder().decode(listed?.stdout).split("\n").filter((line) => line !== "")) {
    const found = { initdb: `${folder}/initdb`, postgres: `${folder}/postgres` };
    if ((await outputOf(found.postgres, ["--version"]))?.success) return found;
  }
  console.error(
    "SKIPPED: there is no Postgres server installed on this machine (Debian's package postgresql has it)",
  );
  return null;
}
