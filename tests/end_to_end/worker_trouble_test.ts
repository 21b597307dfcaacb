import assert from "node:assert/strict";
import { freePort } from "../helpers/free_port.ts";
import { lowest } from "../helpers/lowest.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { runProgram, startProgram } from "../helpers/program.ts";
import { silentProxy } from "../helpers/silent_proxy.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();
const longSweep = walkRequest({ windows: 1500 });

/** A busy worker whose only way to the database is the proxy. */
async function busyWorker(world: WorkerWorld, through: (dsn: string) => string) {
  await world.submit(longSweep);
  const env = { ...world.env, STRATEGY_PG_DSN: through(world.dsn) };
  const worker = startProgram(["worker", "--metrics-port", String(freePort())], { env });
  await worker.saw("stage=stage_b");
  return worker;
}

/** How long a busy worker whose database hangs takes to end, in seconds, and its exit code. */
async function endOfHanging(signals: readonly Deno.Signal[]) {
  await using world = await workerWorld(server);
  await using proxy = silentProxy();
  const worker = await busyWorker(world, proxy.through);
  proxy.silence({ forGood: true });
  const startedMs = performance.now();
  for (const signal of signals) worker.process.kill(signal);
  const { code } = await worker.ended();
  return { code, seconds: (performance.now() - startedMs) / 1000 };
}

Deno.test("S000-45 SIGTERM ends a worker within 5 s with exit 0 even when the database hangs", async () => {
  const seconds = await lowest(async () => {
    const { code, seconds } = await endOfHanging(["SIGTERM"]);
    assert.equal(code, 0);
    return seconds;
  }, { limit: 5 });
  assert.ok(seconds < 5, `${seconds} s`);
});

Deno.test("a second signal ends a worker at once", async () => {
  const measure = async () => (await endOfHanging(["SIGTERM", "SIGINT"])).seconds;
  const seconds = await lowest(measure, { limit: 2 });
  assert.ok(seconds < 2, `${seconds} s`);
});

Deno.test("a worker whose connections go silent connects anew and finishes its job", async () => {
  await using world = await workerWorld(server, { leaseSeconds: 2 });
  await using proxy = silentProxy();
  const worker = await busyWorker(world, proxy.through);
  proxy.silence();
  await worker.saw("status=succeeded");
  worker.process.kill("SIGTERM");
  assert.equal((await worker.ended()).code, 0);
  const rows = await world.sql((sql) => sql`SELECT state FROM backtest_jobs`);
  assert.deepEqual([...rows], [{ state: "succeeded" }]);
});

Deno.test("S000-37 a worker with a wrong password says so in one line, without any password", async () => {
  const dsn = new URL(await server.createDatabase());
  const right = dsn.password;
  dsn.password = "hunter2";
  const { code, stderr } = await runProgram(["worker"], { env: { STRATEGY_PG_DSN: dsn.href } });
  assert.equal(code, 1);
  assert.match(stderr, /^Cannot .*: password authentication failed for user "postgres"\n$/);
  assert.ok(!stderr.includes("hunter2") && !stderr.includes(right), stderr);
});

Deno.test("a worker on a database of a newer version says what to do, and touches nothing", async () => {
  await using world = await workerWorld(server);
  await world.submit(walkRequest({ windows: 3 }));
  await world.sql((sql) => sql`INSERT INTO backtest_schema_migrations VALUES ('9999_later.sql', 'x', now())`);
  const { code, stderr } = await world.run(["worker"]);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "Cannot use the database: migration 9999_later.sql is unknown to this version; update the program\n",
  );
  const rows = await world.sql((sql) => sql`SELECT state, attempt FROM backtest_jobs`);
  assert.deepEqual([...rows], [{ state: "queued", attempt: 0 }]);
});

Deno.test("S003-32 migrate run twice at once applies everything once", async () => {
  const env = { POSTGRES_DSN: await server.createDatabase() };
  const runs = await Promise.all([1, 2].map(() => runProgram(["migrate"], { env })));
  assert.deepEqual(runs.map(({ code }) => code), [0, 0]);
  const applied = runs.flatMap(({ stdout }) => stdout.match(/^applied \S+/gm) ?? []);
  assert.equal(new Set(applied).size, applied.length);
  assert.match((await runProgram(["migrate", "status"], { env })).stdout, /^(applied \S+\n)+$/);
});

Deno.test("an idle worker starts a submitted job long before its next poll", async () => {
  await using world = await workerWorld(server);
  const slow = (await Deno.readTextFile(world.configPath)).replace(
    /claim_poll_seconds: \S+/,
    "claim_poll_seconds: 600",
  );
  const path = await world.folder.write("slow.yaml", slow);
  const args = ["worker", "--config", path, "--metrics-port", String(freePort())];
  const worker = startProgram(args, { env: world.env });
  await worker.saw("event=metrics_started");
  await world.submit(walkRequest({ windows: 3 }));
  await worker.saw("event=job_processed");
  worker.process.kill("SIGTERM");
  const { code, stderr } = await worker.ended();
  assert.equal(code, 0);
  assert.match(stderr, /status=succeeded/);
});
