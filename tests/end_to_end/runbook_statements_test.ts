import assert from "node:assert/strict";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresRuns } from "../../src/adapters/postgres/runs.ts";
import { readMigrations } from "../../src/adapters/postgres/migration_files.ts";
import { holder, loaded, newRun, runIdOf, unlimited } from "../contract/run_stores.ts";
import { databaseWithRoles } from "../deploy/roles.ts";
import { freePort } from "../helpers/free_port.ts";
import { embeddedPostgres, withPool, withSchema } from "../helpers/postgres.ts";
import { startProgram } from "../helpers/program.ts";
import { runbookBlocks, runStatements } from "../helpers/runbook.ts";
import { endlessRequest, walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();
const statements = new Map([...runbookBlocks()].filter(([, { language }]) => language === "sql"));
const run = new Set<string>();

type Row = Readonly<Record<string, unknown>>;

/** Runs a statement of the runbook by its name. */
async function rowsOf(
  world: WorkerWorld,
  name: string,
  variables: Readonly<Record<string, string | number>> = {},
): Promise<readonly Row[]> {
  return await world.sql((sql) => statement(sql, name, variables));
}

async function statement(
  sql: Sql,
  name: string,
  variables: Readonly<Record<string, string | number>> = {},
): Promise<readonly Row[]> {
  const block = statements.get(name);
  if (!block) throw new Error(`The runbook has no statement "${name}"`);
  run.add(name);
  return await runStatements(sql, { block, variables });
}

/** A world whose jobs are started once only, so that one dead worker is enough to end a job. */
async function strictWorld(): Promise<WorkerWorld> {
  const world = await workerWorld(server, { leaseSeconds: 6 });
  const text = await Deno.readTextFile(world.configPath);
  await Deno.writeTextFile(world.configPath, text.replace(/max_attempts: \d+/, "max_attempts: 1"));
  return world;
}

async function stopped(worker: ReturnType<WorkerWorld["startWorker"]>, signal: Deno.Signal): Promise<void> {
  worker.process.kill(signal);
  await worker.ended();
}

Deno.test("S001-15 S001-19 S001-20 S001-31 the statements about jobs tell what happened to real ones", async () => {
  await using world = await strictWorld();
  const [ann, bob, eve] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const longAgo = { start: "2020-01-01T00:00:00Z", end: "2020-02-01T00:00:00Z" };
  const tooEarly = { ...walkRequest({ windows: 3 }), time_range: longAgo };

  const first = world.startWorker();
  const done = await world.submit(walkRequest({ windows: 30, topK: 5 }), ann);
  await first.saw(`event=job_processed job_id=${done}`);
  const failed = await world.submit(tooEarly, ann);
  await first.saw(`event=job_processed job_id=${failed}`);
  const killer = await world.submit(endlessRequest(), bob);
  await first.saw(`event=stage_started job_id=${killer} attempt=1`);
  const [working] = await rowsOf(world, "who is working");
  assert.equal(working!.job_id, killer);
  assert.match(String(working!.locked_by), /-\d+-[0-9a-f]{8}$/);
  const [sessions] = await rowsOf(world, "room for more connections");
  // one of them is the test's own
  assert.ok(Number(sessions!.ours) > 1 && Number(sessions!.ours) <= 12, String(sessions!.ours));
  await stopped(first, "SIGKILL");

  await requireAbandoned(world, killer);
  const [dead] = await rowsOf(world, "leases that ended without a word, by worker");
  assert.deepEqual([dead!.locked_by, dead!.jobs], [working!.locked_by, "1"]);
  assert.deepEqual(await rowsOf(world, "who is working"), []);

  const waiting = await world.submit(walkRequest({ windows: 3 }), eve);
  await world.sql((sql) =>
    sql`UPDATE backtest_jobs SET not_before = now() + interval '1 hour' WHERE job_id = ${waiting}::uuid`
  );
  const [delayed] = await rowsOf(world, "jobs that wait for their next attempt");
  assert.deepEqual([delayed!.job_id, delayed!.retries], [waiting, 0]);
  const [owner] = await rowsOf(world, "queued jobs by owner");
  assert.deepEqual([owner!.user_id, owner!.queued], [eve, "1"]);
  const states = await rowsOf(world, "jobs by state, with the age of the oldest");
  assert.deepEqual(states.map(({ state, jobs }) => [state, jobs]), [["queued", "1"], ["running", "1"]]);

  const second = world.startWorker();
  await second.saw(`event=attempts_exhausted job_id=${killer}`);
  const [poison] = await rowsOf(world, "jobs that took their workers down");
  assert.deepEqual([poison!.job_id, poison!.last_error], [
    killer,
    "Cannot run the job: the last of its 1 attempts ended without a word from its worker",
  ]);

  const moved = await world.submit(endlessRequest(), eve);
  await second.saw(`event=stage_started job_id=${moved} attempt=1`);
  await stopped(second, "SIGTERM");
  const third = world.startWorker();
  await third.saw(`event=stage_started job_id=${moved} attempt=2`);
  const [again] = await rowsOf(world, "jobs that needed more than one attempt");
  assert.deepEqual([again!.job_id, again!.attempt, again!.retries], [moved, 2, 0]);
  const [storm] = await rowsOf(world, "jobs that were started most often and are not over");
  assert.deepEqual([storm!.job_id, storm!.state, storm!.attempt, storm!.retries], [moved, "running", 2, 0]);

  const cancelled = await rowsOf(world, "cancel everything of a user", { user: eve });
  assert.deepEqual(
    new Map(cancelled.map(({ job_id, state }) => [job_id, state])),
    new Map([[waiting, "cancelled"], [moved, "running"]]),
  );
  await third.saw(`event=job_cancelled job_id=${moved}`);
  await stopped(third, "SIGTERM");

  await requireEnded(world, done);

  const copy = await copyDatabase(world);
  const before = await rowsOf(world, "what the restored database holds");
  await withPool(copy, async (sql) => {
    assert.deepEqual(await statement(sql, "what the restored database holds"), before);
  });
});

/** Waits until the lease of the killed worker's job is over, which then is the only one that runs. */
async function requireAbandoned(world: WorkerWorld, killer: string): Promise<void> {
  await world.sql(async (sql) => {
    for (let over = false; !over;) {
      [{ over }] = await sql<[{ over: boolean }]>`
        SELECT lease_expires_at <= now() AS over FROM backtest_jobs, pg_sleep(0.05) WHERE job_id = ${killer}::uuid`;
    }
  });
  const [abandoned, ...others] = await rowsOf(world, "running jobs, those whose lease ends first on top");
  assert.deepEqual([abandoned!.job_id, abandoned!.attempt, abandoned!.abandoned], [killer, 1, true]);
  assert.deepEqual(others, []);
}

/** What the statements say of jobs that are over: one that is done, two that failed, two that were cancelled. */
async function requireEnded(world: WorkerWorld, done: string): Promise<void> {
  const [shortlist] = await rowsOf(world, "the shortlist of a job", { job: done });
  assert.deepEqual([shortlist!.stage_a_variants_total, shortlist!.risk_total, shortlist!.preselect_used], [
    30,
    100,
    30,
  ]);
  const best = await rowsOf(world, "the best rows of a job", { job: done });
  assert.deepEqual(best.map(({ rank, report, trades }) => [rank, report, Number(trades) > 0]), [
    [1, true, true],
    [2, true, true],
    [3, true, false],
    [4, true, false],
    [5, true, false],
  ]);
  const errors = await rowsOf(world, "failed jobs by class and error");
  assert.deepEqual(errors.map((row) => row.class).sort(), ["InternalError", "ParamInvalid"]);
  assert.ok(
    errors.some(({ last_error }) => /no market data for requested range/.test(String(last_error))),
  );
  const ended = await rowsOf(world, "what ended in the last hour");
  assert.deepEqual(ended.map(({ state, jobs }) => [state, jobs]), [
    ["cancelled", "2"],
    ["failed", "2"],
    ["succeeded", "1"],
  ]);
}

Deno.test("the statements about the database tell sessions, locks, sizes and migrations", async () => {
  await using world = await workerWorld(server);
  const [room] = await rowsOf(world, "room for more connections");
  assert.ok(Number(room!.max) > Number(room!.open) && Number(room!.ours) >= 1);
  const sessions = await rowsOf(world, "sessions by user and state, with the oldest transaction");
  assert.ok(
    sessions.some(({ application_name, state }) =>
      application_name === "backtest-job-runner" && state === "active"
    ),
  );
  const sizes = await rowsOf(world, "tables that grow, and when they were cleaned up last");
  assert.ok(sizes.some(({ relname, size }) => relname === "backtest_jobs" && /bytes|kB/.test(String(size))));
  const applied = await rowsOf(world, "what is applied, and which programs still work with it");
  assert.deepEqual(
    applied.map(({ name, compatible_with }) => [name, compatible_with]),
    (await readMigrations()).map(({ name, compatibleWith }) => [name, compatibleWith?.toString() ?? null]),
  );

  const blocker = connect(world.dsn, { connectionsMax: 1 });
  await world.sql(async (sql) => {
    // postgres.js 3.4.9 reserves only connections that are open
    await blocker`SELECT 1`;
    const session = await blocker.reserve();
    await session`BEGIN`;
    await session`SET LOCAL idle_in_transaction_session_timeout = 0`;
    await session`LOCK TABLE backtest_jobs IN ACCESS EXCLUSIVE MODE`;
    const waits = sql`SELECT count(*)::int AS jobs FROM backtest_jobs`.execute();
    let pid = 0;
    while (pid === 0) {
      const [row] = await statement(sql, "who waits for whom");
      if (row) {
        assert.match(String(row.waits), /count\(\*\)::int AS jobs FROM backtest_jobs/);
        pid = Number(row.for_pid);
      }
    }
    assert.deepEqual(await statement(sql, "end a session", { pid }), [{ pg_terminate_backend: true }]);
    assert.deepEqual([...await waits], [{ jobs: 0 }]);
  });
  await disconnect(blocker).catch(() => {});
});

Deno.test("a worker runs with the runbook's second role and no more rights, while the first gets a password; then it goes", async () => {
  const admin = await databaseWithRoles(server, { owner: "one", backtest: "two" });
  const as = (username: string, password: string) =>
    Object.assign(new URL(admin), { username, password }).href;
  const owner = as("backtest_owner", "one");
  await using world = await workerWorld({ ...server, createDatabase: () => Promise.resolve(owner) }, {
    leaseSeconds: 60,
  });
  const rotate = (name: string) => withPool(admin, (sql) => statement(sql, name));
  const list = (dsn: string) => world.run(["jobs", "list"], { env: { STRATEGY_PG_DSN: dsn } });

  await rotate("a role for workers and API");
  const blue = as("backtest_blue", "change-me");
  const env = { ...world.env, STRATEGY_PG_DSN: blue };
  const worker = startProgram(["worker", "--metrics-port", String(freePort())], { env });
  await worker.saw("event=metrics_started");
  const submitted = await world.run(["jobs", "submit", "--request", "-"], {
    env,
    stdin: JSON.stringify(walkRequest({ windows: 3 })),
  });
  await worker.saw(`event=job_processed job_id=${submitted.stdout.trim()}`);
  assert.match(worker.stderr(), /status=succeeded/);
  const migrating = await world.run(["migrate"], { env: { POSTGRES_DSN: blue } });
  assert.equal(migrating.code, 1);
  assert.match(migrating.stderr, /^Cannot migrate the database: (permission denied|must be owner)/);
  // what a later migration makes is its, too
  await withPool(owner, (sql) => sql`CREATE TABLE later (id int)`);
  await withPool(blue, (sql) => sql`INSERT INTO later VALUES (1)`);

  await rotate("the new password, and nobody is left with the old one");
  assert.match(
    (await list(as("backtest", "two"))).stderr,
    /password authentication failed for user "backtest"/,
  );
  assert.equal((await list(as("backtest", "change-me-too"))).code, 0);
  // the second role's sessions are not the first's
  assert.equal(worker.stderr().includes("level=error"), false, worker.stderr());
  worker.process.kill("SIGTERM");
  assert.equal((await worker.ended()).code, 0);

  await rotate("the second role goes");
  assert.match((await list(blue)).stderr, /password authentication failed for user "backtest_blue"/);
});

Deno.test("the statements about tasks tell of a shared sweep, and the scaler counts its helpers", async () => {
  await using world = await workerWorld(server);
  const text = await Deno.readTextFile(world.configPath);
  await Deno.writeTextFile(world.configPath, text.replace("task_variants: 200000", "task_variants: 500"));
  const keda = await Deno.readTextFile(new URL("../../deploy/kubernetes/scaling/keda.yaml", import.meta.url));
  const [, query] = /query: >-\n([\s\S]+?)\n {8}\w/.exec(keda)!;
  const wanted = () => world.sql(async (sql) => Number((await sql.unsafe(query!).values())[0]![0]));
  const args = ["jobs", "submit", "--request", "-", "--workers", "3"];
  const submitted = await world.run(args, { stdin: JSON.stringify(endlessRequest()) });
  assert.equal(submitted.code, 0, submitted.stderr);
  const job = submitted.stdout.trim();
  assert.equal(await wanted(), 1);
  const worker = world.startWorker();
  try {
    await worker.saw("event=task_finished");
    const open = await rowsOf(world, "tasks of a job that are not done, and who works on them", { job });
    assert.ok(open.length >= 1 && open.length <= 3, `${open.length} tasks`);
    assert.ok(open.every(({ status, abandoned }) => status === "queued" || abandoned === false));
    assert.ok([1, 2, 3].includes(await wanted()));
    const [slowest] = await rowsOf(world, "how long the tasks of a job took, worker by worker", { job });
    assert.deepEqual([slowest!.stage, Number(slowest!.tasks) >= 1], ["stage_a", true]);
  } finally {
    await stopped(worker, "SIGTERM");
  }
});

Deno.test("the statement about runs shows who holds them, and which wait for their agents", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { runs, held } = postgresRuns(sql);
    for (const n of [1, 2, 3]) await runs.create(newRun(n), unlimited);
    await held.ready({ runId: runIdOf(1), holder }, loaded);
    await held.end({ runId: runIdOf(2), holder }, {
      state: "failed",
      error: { code: "no_candles", message: "none", details: {} },
    });
    const rows = await statement(sql, "runs that are not over");
    assert.deepEqual(
      new Map(rows.map(({ run_id, phase, owner_instance }) => [run_id, [phase, owner_instance]])),
      new Map<unknown, unknown>([
        [runIdOf(1), ["waiting_decision", null]],
        [runIdOf(3), ["loading", holder]],
      ]),
    );
  });
});

Deno.test("every statement of the runbook has been run", () => {
  assert.deepEqual([...statements.keys()].filter((name) => !run.has(name)), []);
  assert.ok(statements.size > 15);
});

/** A copy of a world's database, as a restored backup would be. */
async function copyDatabase({ dsn }: WorkerWorld): Promise<string> {
  const name = new URL(dsn).pathname.slice(1);
  const admin = new URL(dsn);
  admin.pathname = "/postgres";
  await withPool(admin.href, async (sql) => {
    await sql.unsafe(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`);
  });
  return dsn.replace(name, `${name}_copy`);
}
