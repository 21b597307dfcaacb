import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { archiveText } from "../../src/core/job/mod.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { startProgram } from "../helpers/program.ts";
import { taskPermissions } from "../helpers/task_permissions.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();
const jobTables = [
  "backtest_jobs",
  "backtest_job_top_variants",
  "backtest_job_stage_a_shortlist",
  "backtest_job_planes",
];

/** Runs a `jobs` command with the rights it has as a task. */
function jobs(world: WorkerWorld, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return world.run(["jobs", ...args], { env, permissions: taskPermissions("jobs") });
}

/** Every row of a job as the database writes it, by table. */
async function rowsOf(sql: Sql): Promise<Readonly<Record<string, readonly string[]>>> {
  const read = async (table: string) => {
    const rows = await sql.unsafe<{ readonly row: string }[]>(
      `SELECT t::text AS row FROM ${table} AS t ORDER BY t::text`,
    );
    return [table, rows.map(({ row }) => row)] as const;
  };
  return Object.fromEntries(await Promise.all(jobTables.map(read)));
}

/** A real job that succeeded, and its owner. */
async function succeeded(world: WorkerWorld) {
  const user = crypto.randomUUID();
  const jobId = await world.submit(walkRequest({ windows: 30, topK: 5 }), user);
  const worker = world.startWorker();
  await worker.saw(`event=job_processed job_id=${jobId}`);
  worker.process.kill("SIGTERM");
  await worker.ended();
  return { user, jobId };
}

Deno.test("jobs export and import carry a job to another database, byte for byte", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const { user, jobId } = await succeeded(world);
  const [first, second] = [`${world.folder.path}/job.gz`, `${world.folder.path}/again.gz`];
  const exported = await jobs(world, ["export", jobId, "--user", user, "--out", first]);
  assert.equal(exported.stdout, `exported ${jobId} to ${first}\n`, exported.stderr);

  const other = await server.createDatabase();
  const env = { STRATEGY_PG_DSN: other };
  await withPool(other, (sql) => migrate(sql));
  const imported = await jobs(world, ["import", first], env);
  assert.equal(imported.stdout, `restored ${jobId}: succeeded, 5 variants\n`, imported.stderr);
  assert.deepEqual(await withPool(other, rowsOf), await world.sql(rowsOf));
  await jobs(world, ["export", jobId, "--user", user, "--out", second], env);
  assert.deepEqual(await Deno.readFile(second), await Deno.readFile(first));

  const repeated = await jobs(world, ["import", first], env);
  assert.equal(repeated.code, 0, repeated.stderr);
  assert.match(repeated.stdout, /is there already, with the same content; nothing was written/);
  await withPool(
    other,
    (sql) => sql`UPDATE backtest_job_top_variants SET total_return_pct = 0 WHERE rank = 1`,
  );
  const conflict = await jobs(world, ["import", first], env);
  assert.equal(conflict.code, 1);
  assert.match(
    conflict.stderr,
    /^Cannot import job "\S+": a job with this id is stored already, and it is another/,
  );
});

Deno.test("an archive leaves no column of a job's tables out", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const { user, jobId } = await succeeded(world);
  // a row that has a value in every column that an ended job may fill
  await world.sql(async (sql) => {
    await sql`
      UPDATE backtest_jobs SET state = 'failed', last_error = 'x', last_error_json = '{"code":"c","message":"m","details":{}}',
        mode = 'saved', spec_hash = request_hash, spec_payload_json = '{"a":1}', cancel_requested_at = created_at,
        retries = 1, idempotency_key = 'k', idempotency_body_hash = request_hash,
        trace_id = '4bf92f3577b34da6a3ce929d0e0e4736', processed_units = 1, total_units = 2`;
    await sql`UPDATE backtest_job_top_variants SET report_table_md = NULL, trades_json = NULL, metrics_json = NULL,
      same_as_json = NULL`;
    const empty = await sql`
      SELECT key FROM backtest_jobs AS j, jsonb_each(to_jsonb(j)) WHERE value = 'null'::jsonb ORDER BY key`;
    assert.deepEqual(empty.map(({ key }) => key), [
      "heartbeat_at",
      "lease_expires_at",
      "locked_at",
      "locked_by",
      "not_before",
    ]);
  });
  const file = `${world.folder.path}/full.gz`;
  assert.equal((await jobs(world, ["export", jobId, "--user", user, "--out", file])).code, 0);
  const before = await world.sql(rowsOf);
  await world.sql((sql) => sql`DELETE FROM backtest_jobs`);
  assert.equal((await jobs(world, ["import", file])).code, 0);
  assert.deepEqual(await world.sql(rowsOf), before);
});

Deno.test("jobs export writes nothing over a file, for a running job, or for somebody else's", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const user = crypto.randomUUID();
  const jobId = await world.submit(walkRequest({ windows: 3 }), user);
  const file = `${world.folder.path}/job.gz`;
  const refusal = async (args: readonly string[], expected: RegExp) => {
    const { code, stderr } = await jobs(world, ["export", jobId, ...args]);
    assert.equal(code, 1);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
  };
  await refusal(
    ["--user", user, "--out", file],
    /^Cannot export job "\S+": it is queued; wait for its end or cancel it/,
  );
  await refusal(["--out", file], /does not belong to current user/);
  await jobs(world, ["cancel", jobId, "--user", user]);
  await refusal(["--user", user, "--out", `${file}/deep.gz`], /^Cannot write "\S+": no such folder/);
  await Deno.writeTextFile(`${file}.kept`, "mine");
  await refusal(["--user", user, "--out", `${file}.kept`], /^Cannot write "\S+": the file exists already/);
  assert.equal(await Deno.readTextFile(`${file}.kept`), "mine");
});

Deno.test("jobs import refuses a cut, changed, newer or foreign file in one line, and stores nothing", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const user = crypto.randomUUID();
  const jobId = await world.submit(walkRequest({ windows: 3 }), user);
  await jobs(world, ["cancel", jobId, "--user", user]);
  const file = `${world.folder.path}/job.gz`;
  await jobs(world, ["export", jobId, "--user", user, "--out", file]);
  await world.sql((sql) => sql`DELETE FROM backtest_jobs`);
  const bytes = await Deno.readFile(file);
  const text = gunzipSync(bytes).toString();
  const { content } = JSON.parse(text);
  const resealed = (changed: object) => gzipSync(archiveText(changed as typeof content));
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["cut", bytes.subarray(0, bytes.length - 9), /it is no complete gzip file/],
    ["empty", new Uint8Array(), /it is no complete gzip file/],
    ["plain", new TextEncoder().encode(text), /it is no complete gzip file/],
    ["other", gzipSync('{"hello":1}'), /it is no archive of a job/],
    [
      "newer",
      gzipSync(text.replace('"version":1', '"version":2')),
      /format is version 2, this program reads up to 1/,
    ],
    ["changed", gzipSync(text.replace('"cancelled"', '"succeeded"')), /does not match its checksum/],
    ["strange", resealed({ ...content, colour: "red" }), /colour is not a known key/],
    [
      "running",
      resealed({ ...content, job: { ...content.job, state: "running" } }),
      /only a job that has ended/,
    ],
    [
      "bad",
      resealed({ ...content, job: { ...content.job, attempt: -1 } }),
      /job\.attempt must be an integer >= 0, got -1/,
    ],
  ];
  for (const [name, content, expected] of cases) {
    const path = `${world.folder.path}/${name}.gz`;
    await Deno.writeFile(path, content);
    const { code, stderr } = await jobs(world, ["import", path]);
    assert.equal(code, 1, name);
    assert.match(stderr, expected, name);
    assert.match(stderr, new RegExp(`^Cannot import "${path}": `), name);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  assert.match((await jobs(world, ["import", `${file}.none`])).stderr, /^Cannot read "\S+": no such file/);
  assert.deepEqual([...await world.sql((sql) => sql`SELECT * FROM backtest_jobs`)], []);
});

Deno.test("jobs prune says what it would delete, deletes it when told to, and leaves the rest", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const user = crypto.randomUUID();
  await fill(world, { user, old: 250, young: 3 });
  const waiting = await world.submit(walkRequest({ windows: 3 }), user);
  await world.sql((sql) =>
    sql`UPDATE backtest_jobs SET created_at = created_at - interval '400 days' WHERE job_id = ${waiting}`
  );
  const dry = await jobs(world, ["prune", "--older-than", "90d"]);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(
    dry.stdout,
    /^cancelled +250 jobs, the first ended \S+Z\nNothing deleted: with --yes these 250 jobs that/,
  );
  assert.equal(await count(world), 254);
  const none = await jobs(world, ["prune", "--older-than", "90d", "--state", "succeeded", "failed", "--yes"]);
  assert.match(none.stdout, /^No job that ended before \S+Z\n$/);
  const stranger = await jobs(world, [
    "prune",
    "--older-than",
    "90d",
    "--user",
    crypto.randomUUID(),
    "--yes",
  ]);
  assert.match(stranger.stdout, /^No job /);
  const done = await jobs(world, ["prune", "--older-than", "90d", "--yes"]);
  assert.match(done.stdout, /\ndeleted 250 jobs\n$/);
  assert.equal(await count(world), 4);
});

Deno.test("jobs prune that is stopped leaves whole jobs, and goes on when it is run again", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  await fill(world, { user: crypto.randomUUID(), old: 3000, young: 0 });
  await world.sql(async (sql) => {
    // the batches wait here for one another, so that the signal comes between two of them
    await sql`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END'`;
    await sql`CREATE TRIGGER slow AFTER DELETE ON backtest_jobs FOR EACH STATEMENT EXECUTE FUNCTION slow()`;
    const pruning = startProgram(["jobs", "prune", "--older-than", "90d", "--yes"], { env: world.env });
    while (await count(world) === 3000) await sql`SELECT pg_sleep(0.05)`;
    pruning.process.kill("SIGINT");
    const { code, stdout, stderr } = await pruning.ended();
    assert.equal(code, 1);
    assert.match(stderr, /Stopped before the end; run it again to go on/);
    const [, deleted] = /deleted (\d+) jobs/.exec(stdout)!;
    assert.ok(Number(deleted) > 0 && Number(deleted) < 3000 && Number(deleted) % 100 === 0, deleted);
    assert.equal(await count(world), 3000 - Number(deleted));
    await sql`DROP TRIGGER slow ON backtest_jobs`;
    await jobs(world, ["prune", "--older-than", "90d", "--yes"]);
    assert.equal(await count(world), 0);
  });
});

Deno.test("jobs prune refuses what it cannot mean, naming it", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  const refusal = async (args: readonly string[], expected: RegExp) => {
    const { code, stderr } = await jobs(world, ["prune", ...args, "--yes"]);
    assert.equal(code, 1);
    assert.match(stderr, expected);
  };
  for (const age of ["90", "d", "0d", "-1d", "1y", "9999999d"]) {
    await refusal(["--older-than", age], new RegExp(`older_than must be an age such as 90d.*got "${age}"`));
  }
  await refusal(
    ["--older-than", "1d", "--state", "running"],
    /state must be succeeded, failed or cancelled, got "running"/,
  );
  await refusal(["--older-than", "1d", "--user", "bob"], /user must be a UUID, got "bob"/);
  await refusal([], /--older-than is not given, nor backtest.jobs.retention_days in the config/);
});

Deno.test("jobs prune without an age keeps jobs for jobs.retention_days", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 60 });
  await fill(world, { user: crypto.randomUUID(), old: 20, young: 2 });
  const config = await Deno.readTextFile(world.env.ROEHUB_BACKTEST_CONFIG!);
  const withRetention = async (days: number) => {
    const text = config.replace(/^(\s+)enabled: true$/m, `$1enabled: true\n$1retention_days: ${days}`);
    const path = await world.folder.write(`kept-${days}/backtest.yaml`, text);
    const grids = world.env.ROEHUB_BACKTEST_CONFIG!.replace(/[^/]*$/, "indicators.yaml");
    await Deno.copyFile(grids, path.replace("backtest.yaml", "indicators.yaml"));
    return path;
  };
  const long = await jobs(world, ["prune", "--config", await withRetention(300), "--yes"]);
  assert.match(long.stdout, /^No job that ended before/, long.stderr);
  const short = await jobs(world, ["prune", "--config", await withRetention(100), "--yes"]);
  assert.match(short.stdout, /\ndeleted 20 jobs\n$/, short.stderr);
  assert.equal(await count(world), 2);
});

/** Cancelled jobs made by the database: `old` ones that ended 200 days ago, and `young` ones. */
async function fill(
  world: WorkerWorld,
  { user, old, young }: { readonly user: string; readonly old: number; readonly young: number },
): Promise<void> {
  await world.sql((sql) =>
    sql`
      INSERT INTO backtest_jobs (
        job_id, user_id, mode, state, stage, created_at, updated_at, finished_at, request_json, request_hash,
        engine_params_hash, backtest_runtime_config_hash
      )
      SELECT gen_random_uuid(), ${user}::uuid, 'template', 'cancelled', 'stage_a', ended.at, ended.at, ended.at,
        '{"a":1}', repeat('a', 64), repeat('a', 64), repeat('a', 64)
      FROM generate_series(1, ${old + young}::int) AS n,
        LATERAL (SELECT date_trunc('milliseconds', now()) - CASE WHEN n <= ${old}::int THEN interval '200 days' ELSE interval '0' END AS at) AS ended`
  );
}

async function count(world: WorkerWorld): Promise<number> {
  const [row] = await world.sql((sql) =>
    sql<[{ readonly jobs: number }]>`SELECT count(*)::int AS jobs FROM backtest_jobs`
  );
  return row.jobs;
}
