import assert from "node:assert/strict";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { workerSchemaMin } from "../../src/adapters/postgres/require_schema.ts";
import { newJob, userId } from "../contract/job_stores.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { runProgram } from "../helpers/program.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";
import { additive, earlierVersion, laterVersion, newestVersion } from "./other_schema.ts";

const server = embeddedPostgres();
// no lease is to be lost here
const leaseSeconds = 60;

Deno.test("a worker that runs while an additive migration is applied goes on, and a new one of its kind starts", async () => {
  await using world = await workerWorld(server, { leaseSeconds });
  await using later = await laterVersion({ "9998_later.sql": additive(await newestVersion()) });
  const before = await world.submit(walkRequest({ windows: 60 }));
  const worker = world.startWorker();
  await worker.saw(`event=job_processed job_id=${before}`);
  const during = await world.submit(walkRequest({ windows: 1500 }));
  await worker.saw(`event=stage_started job_id=${during} attempt=1`);
  assert.deepEqual(await world.sql((sql) => migrate(sql, later)), ["9998_later.sql"]);
  await worker.saw(`event=job_processed job_id=${during}`);
  const after = await world.submit(walkRequest({ windows: 60 }));
  await worker.saw(`event=job_processed job_id=${after}`);
  worker.process.kill("SIGTERM");
  assert.equal((await worker.ended()).code, 0);
  assert.doesNotMatch(worker.stderr(), /level=(warn|error)/);

  const second = world.startWorker();
  await second.saw("has migration 9998_later.sql of a newer version, which this one works with");
  const last = await world.submit(walkRequest({ windows: 60 }));
  await second.saw(`event=job_processed job_id=${last}`);
  second.process.kill("SIGTERM");
  assert.equal((await second.ended()).code, 0);
  const rows = await world.sql((sql) => sql`SELECT state, attempt, retries FROM backtest_jobs`);
  assert.deepEqual([...rows], Array(4).fill({ state: "succeeded", attempt: 1, retries: 0 }));
  assert.equal(await resultOf(world, after), await resultOf(world, before));
});

Deno.test("creating a job goes on in transactions whose statements a migration has changed", async () => {
  await using world = await workerWorld(server, { leaseSeconds });
  await using later = await laterVersion({ "9998_later.sql": additive(await newestVersion()) });
  await withPool(world.dsn, async (sql) => {
    const { jobs } = postgresJobs(sql);
    const create = (n: number) => jobs.create(newJob(n), { maxActive: 100 });
    await Promise.all([1, 2, 3, 4].map(create));
    await world.sql((other) => migrate(other, later));
    await Promise.all([5, 6, 7, 8].map(create));
    assert.equal(await jobs.countActiveForUser(userId), 8);
  });
});

Deno.test("a worker refuses a schema whose migration breaks it, and leaves the jobs alone", async () => {
  await using world = await workerWorld(server, { leaseSeconds });
  await world.submit(walkRequest({ windows: 3 }));
  const breaking = "-- compatible_with: none\nALTER TABLE backtest_jobs ADD COLUMN tag text;\n";
  await using later = await laterVersion({ "9998_later.sql": breaking });
  await world.sql((sql) => migrate(sql, later));
  const { code, stderr } = await world.run(["worker"]);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "Cannot use the database: migration 9998_later.sql is unknown to this version; update the program\n",
  );
  const rows = await world.sql((sql) => sql`SELECT state, attempt FROM backtest_jobs`);
  assert.deepEqual([...rows], [{ state: "queued", attempt: 0 }]);
});

Deno.test("a worker completes a job on every earlier schema it supports, with the rows of the newest", async (t) => {
  const newest = await newestVersion();
  await using world = await workerWorld(server, { leaseSeconds });
  const jobId = await world.submit(walkRequest({ windows: 60 }));
  const [{ job }] = await world.sql((sql) =>
    sql<[{ readonly job: string }]>`
      SELECT to_jsonb(j)::text AS job FROM backtest_jobs AS j WHERE job_id = ${jobId}::uuid`
  );
  const run = async (target: WorkerWorld) => {
    const worker = target.startWorker();
    await worker.saw("event=job_processed");
    worker.process.kill("SIGTERM");
    const { code, stderr } = await worker.ended();
    assert.equal(code, 0);
    assert.match(stderr, /status=succeeded/);
    return { stderr, result: await resultOf(target, jobId) };
  };
  const { result } = await run(world);
  for (let version = workerSchemaMin; version < newest; version++) {
    await t.step(`schema version ${version}`, async () => {
      await using earlier = await earlierVersion(version);
      await using old = await workerWorld(server, { ...earlier, leaseSeconds });
      await old.sql((sql) =>
        sql`INSERT INTO backtest_jobs SELECT * FROM jsonb_populate_record(NULL::backtest_jobs, ${job}::text::jsonb)`
      );
      const ran = await run(old);
      assert.match(ran.stderr, /is not applied yet; run `deno task migrate`/);
      assert.doesNotMatch(ran.stderr, /level=(warn|error)/);
      assert.equal(ran.result, result);
    });
  }
});

Deno.test("claims of both policies, take-overs and surrenders work on the oldest schema a worker supports", async () => {
  await using earlier = await earlierVersion(workerSchemaMin);
  await withPool(await server.createDatabase(), async (sql) => {
    await migrate(sql, earlier);
    await sql`
      INSERT INTO backtest_jobs (job_id, user_id, mode, state, stage, created_at, updated_at, request_json, request_hash,
        engine_params_hash, backtest_runtime_config_hash)
      SELECT gen_random_uuid(), gen_random_uuid(), 'template', 'queued', 'stage_a', now() + n * interval '1 second', now(), '{}', hash, hash, hash
      FROM repeat('a', 64) AS hash, generate_series(1, 2) AS n`;
    const { queue } = postgresJobs(sql);
    for (const policy of ["fifo", "fair"] as const) {
      const claim = { lockedBy: "worker-1", leaseSeconds: 60, maxAttempts: 2, policy };
      const job = (await queue.claimNext(claim))!;
      const expire = () =>
        sql`UPDATE backtest_jobs SET lease_expires_at = now() - interval '1 hour' WHERE state = 'running'`;
      await expire();
      const taken = (await queue.claimNext({ ...claim, lockedBy: "worker-2" }))!;
      assert.deepEqual([taken.jobId, taken.attempt, taken.retries], [job.jobId, 2, 1]);
      assert.equal(await queue.surrender({ jobId: job.jobId, lockedBy: "worker-1", attempt: 1 }), null);
      await expire();
      const ended = (await queue.claimNext(claim))!;
      assert.deepEqual([ended.jobId, ended.state], [job.jobId, "failed"]);
      assert.equal((ended.lastErrorJson as { readonly code: string }).code, "attempts_exhausted");
    }
  });
});

Deno.test("what submits jobs needs the newest schema and says what to run", async () => {
  await using earlier = await earlierVersion(7);
  await using world = await workerWorld(server, { ...earlier, leaseSeconds });
  for (const args of [["jobs", "list"], ["api"]]) {
    const { code, stderr } = await world.run(args);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Cannot use the database: migration 0008_strategies.sql is not applied; run `deno task/,
    );
  }
});

Deno.test("migrate status tells every state of a migration and exits accordingly", async () => {
  const dsn = await server.createDatabase();
  const status = async () => {
    const { code, stdout } = await runProgram(["migrate", "status"], { env: { POSTGRES_DSN: dsn } });
    return { code, lines: stdout.trimEnd().split("\n") };
  };
  const newest = await newestVersion();
  await using later = await laterVersion({
    "9997_additive.sql": additive(newest),
    "9998_breaking.sql": "-- compatible_with: 9997\nALTER TABLE backtest_jobs ADD COLUMN label text;\n",
  });
  const own = later.names.slice(0, newest);

  assert.deepEqual(await status(), { code: 3, lines: own.map((name) => `pending ${name}`) });
  await runProgram(["migrate"], { env: { POSTGRES_DSN: dsn } });
  assert.deepEqual(await status(), { code: 0, lines: own.map((name) => `applied ${name}`) });
  await withPool(dsn, async (sql) => {
    await migrate(sql, later);
    const unknown = await status();
    assert.equal(unknown.code, 4);
    assert.deepEqual(unknown.lines.slice(-2), ["newer 9997_additive.sql", "unknown 9998_breaking.sql"]);
    await sql`DELETE FROM backtest_schema_migrations WHERE name = '9998_breaking.sql'`;
    assert.equal((await status()).code, 0);
    await sql`UPDATE backtest_schema_migrations SET checksum = 'other' WHERE name = ${own[0]!}`;
    const changed = await status();
    assert.equal(changed.code, 4);
    assert.equal(changed.lines[0], `changed ${own[0]}`);
  });
});

Deno.test("migrate gives up when a table stays locked, and changes nothing", async () => {
  await using world = await workerWorld(server, { leaseSeconds });
  await using later = await laterVersion({ "9998_later.sql": additive(await newestVersion()) });
  await world.sql(async (sql) => {
    // postgres.js 3.4.9 reserves only connections that are open
    await sql`SELECT 1`;
    const reader = await sql.reserve();
    await reader`BEGIN`;
    await reader`SET LOCAL idle_in_transaction_session_timeout = 0`;
    await reader`SELECT count(*) FROM backtest_jobs`;
    await assert.rejects(migrate(sql, later), {
      code: "storage_unavailable",
      message: "Cannot migrate the database: canceling statement due to lock timeout",
    });
    await reader`ROLLBACK`;
    reader.release();
    assert.deepEqual(await migrate(sql, later), ["9998_later.sql"]);
  });
});

Deno.test("migrate refuses to fill a gap behind a newer version's migration", async () => {
  await using skipping = await laterVersion({ "9998_later.sql": additive(await newestVersion()) });
  await using other = await laterVersion({ "9997_other.sql": "SELECT 1;\n" });
  await withPool(await server.createDatabase(), async (sql) => {
    await migrate(sql, skipping);
    await assert.rejects(migrate(sql, other), {
      message:
        "Cannot migrate the database: 9997_other.sql is not applied, but 9998_later.sql of a newer version is; " +
        "migrate with that version",
    });
  });
});

async function resultOf(world: WorkerWorld, jobId: string): Promise<string> {
  const rows = await world.sql((sql) =>
    sql`SELECT rank, variant_key, indicator_variant_key, variant_index, total_return_pct, payload_json,
               report_table_md, trades_json
        FROM backtest_job_top_variants WHERE job_id = ${jobId}::uuid ORDER BY rank`
  );
  assert.ok(rows.length > 0);
  return JSON.stringify(rows);
}
