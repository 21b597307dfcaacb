import assert from "node:assert/strict";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import type { ProgramResult } from "../helpers/program.ts";
import { runbookFailures } from "../helpers/runbook.ts";
import { endlessRequest, walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";
import { earlierVersion } from "../upgrade/other_schema.ts";

const server = embeddedPostgres();

/** Makes a failure of the runbook's table happen, and answers where its message must stand. */
type Provoke = (world: WorkerWorld) => Promise<string>;

const provoked: Readonly<Record<string, Provoke>> = {
  "Cannot start: STRATEGY_PG_DSN must be set": (world) =>
    refused(world, ["worker"], { STRATEGY_PG_DSN: " " }),
  "Cannot open the database: connect ECONNREFUSED": (world) =>
    refused(world, ["worker"], { STRATEGY_PG_DSN: "postgres://bob:secret@127.0.0.1:1/none" }),
  "Cannot open the database: the DSN is no URL": (world) =>
    refused(world, ["worker"], { STRATEGY_PG_DSN: "postgres://bob:se/cr%et@127.0.0.1/none" }),
  "does not speak TLS, which sslmode asks for": (world) =>
    refused(world, ["worker"], { STRATEGY_PG_DSN: `${world.dsn}?sslmode=require` }),
  "password authentication failed for user": (world) => {
    const dsn = new URL(world.dsn);
    dsn.password = "wrong";
    return refused(world, ["worker"], { STRATEGY_PG_DSN: dsn.href });
  },
  "Cannot use the database: table backtest_jobs is missing; run": async (world) =>
    await refused(world, ["worker"], { STRATEGY_PG_DSN: await server.createDatabase() }),
  "is not applied; run": async (world) => {
    const dsn = await server.createDatabase();
    await using earlier = await earlierVersion(7);
    await withPool(dsn, (sql) => migrate(sql, earlier));
    return await refused(world, ["worker"], { STRATEGY_PG_DSN: dsn });
  },
  "is unknown to this version; update the program": (world) =>
    withRecord(world, "INSERT INTO backtest_schema_migrations VALUES ('9999_later.sql', 'x', now())"),
  "was applied with another content; restore the file": (world) =>
    withRecord(world, "UPDATE backtest_schema_migrations SET checksum = 'x' WHERE name LIKE '0003%'"),
  "is not a known key": async (world) => {
    const path = await world.folder.write(
      "odd/backtest.yaml",
      `${await Deno.readTextFile(world.configPath)}\ncolour: red\n`,
    );
    return await refused(world, ["worker", "--config", path]);
  },
  "the file does not exist": (world) => refused(world, ["worker", "--config", "nowhere/backtest.yaml"]),
  "the port is already in use": async (world) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return await refused(world, ["worker", "--metrics-port", String(listener.addr.port)]);
  },
  "no market data for requested range": async (world) => {
    const body = {
      ...walkRequest({ windows: 3 }),
      time_range: { start: "2020-01-01T00:00:00Z", end: "2020-02-01T00:00:00Z" },
    };
    return await lastErrorOf(world, await failingJob(world, body));
  },
  "Cannot run the job: the last of its 3 attempts ended without a word from its worker": poisonJob,
  "quota exceeded": async (world) => {
    const args = ["jobs", "submit", "--request", "-"];
    const submit = () => world.run(args, { stdin: JSON.stringify(walkRequest({ windows: 3 })) });
    for (let i = 0; i < 3; i++) assert.equal((await submit()).code, 0);
    return oneLine(await submit());
  },
  "Cannot export job": async (world) => {
    const user = crypto.randomUUID();
    const jobId = await world.submit(walkRequest({ windows: 3 }), user);
    return await refused(world, [
      "jobs",
      "export",
      jobId,
      "--user",
      user,
      "--out",
      `${world.folder.path}/x.gz`,
    ]);
  },
};

Deno.test("every message of the runbook's table of failures is one that really comes", async (t) => {
  const messages = runbookFailures();
  assert.deepEqual([...messages].sort(), Object.keys(provoked).sort());
  for (const message of messages) {
    await t.step(message, async () => {
      await using world = await workerWorld(server);
      const said = await provoked[message]!(world);
      assert.ok(said.includes(message), said);
    });
  }
});

async function refused(
  world: WorkerWorld,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return oneLine(await world.run(args, { env }));
}

function oneLine({ code, stderr }: ProgramResult): string {
  assert.equal(code, 1, stderr);
  assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  return stderr;
}

async function withRecord(world: WorkerWorld, statement: string): Promise<string> {
  await world.sql((sql) => sql.unsafe(statement));
  return await refused(world, ["worker"]);
}

async function lastErrorOf(world: WorkerWorld, jobId: string): Promise<string> {
  const [row] = await world.sql((sql) =>
    sql<[{ readonly last_error: string }]>`SELECT last_error FROM backtest_jobs WHERE job_id = ${jobId}::uuid`
  );
  return row.last_error;
}

/** A job that ends as failed at its third start; between the starts its time is made to come. */
async function failingJob(world: WorkerWorld, body: unknown): Promise<string> {
  const jobId = await world.submit(body);
  const worker = world.startWorker();
  await world.sql(async (sql) => {
    for (let state = ""; state !== "failed";) {
      [{ state }] = await sql<[{ state: string }]>`
        SELECT state FROM backtest_jobs, pg_sleep(0.05) WHERE job_id = ${jobId}::uuid`;
      await sql`UPDATE backtest_jobs SET not_before = now() WHERE job_id = ${jobId}::uuid AND state = 'queued'`;
    }
  });
  worker.process.kill("SIGTERM");
  await worker.ended();
  return jobId;
}

/** A job whose worker is killed at every start. */
async function poisonJob(world: WorkerWorld): Promise<string> {
  const jobId = await world.submit(endlessRequest());
  for (let attempt = 1; attempt <= 3; attempt++) {
    const worker = world.startWorker();
    await worker.saw(`event=job_claimed job_id=${jobId} attempt=${attempt}`);
    worker.process.kill("SIGKILL");
    await worker.ended();
    await world.sql((sql) =>
      sql`UPDATE backtest_jobs SET lease_expires_at = now() - interval '1 second' WHERE job_id = ${jobId}::uuid`
    );
  }
  const last = world.startWorker();
  await last.saw(`event=attempts_exhausted job_id=${jobId}`);
  last.process.kill("SIGTERM");
  await last.ended();
  return await lastErrorOf(world, jobId);
}
