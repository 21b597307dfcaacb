import assert from "node:assert/strict";
import { freePort } from "../helpers/free_port.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { endIfRunning, runProgram, startProgram } from "../helpers/program.ts";
import { temporaryFolder } from "../helpers/temporary_folder.ts";

const server = embeddedPostgres();
const config = Deno.readTextFileSync(new URL("../../configs/backtest.yaml", import.meta.url));
const grids = Deno.readTextFileSync(new URL("../../configs/indicators.yaml", import.meta.url));

/** A folder with the dev config, changed. */
async function configFolder(change: (text: string) => string) {
  const folder = await temporaryFolder();
  const path = await folder.write("backtest.yaml", change(config));
  await folder.write("indicators.yaml", grids);
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

Deno.test("S000-02 S001-09 S000-49 a worker disabled by config says so and exits 0 without a database", async () => {
  await using folder = await configFolder((text) => text.replace(/enabled: true/, "enabled: false"));
  const { code, stderr } = await runProgram(["worker", "--config", folder.path]);
  assert.equal(code, 0);
  assert.ok(stderr.includes("component=backtest-job-runner status=disabled"), stderr);
  assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
});

Deno.test("S000-03 S001-01 S000-49 a worker without STRATEGY_PG_DSN exits 1 and names it", async () => {
  for (const env of [{}, { STRATEGY_PG_DSN: "  " }]) {
    const { code, stderr } = await runProgram(["worker"], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^Cannot start: STRATEGY_PG_DSN must be set/);
  }
});

Deno.test("S000-03 S000-46 S001-01 a worker without a usable config exits 1 and names file and key", async () => {
  await using wrong = await configFolder((text) => text.replace(/lease_seconds: \d+/, "lease_seconds: soon"));
  await using extra = await configFolder((text) => `${text}\ncolour: red\n`);
  const cases: readonly [readonly string[], Record<string, string>, RegExp][] = [
    [["--config", wrong.path], {}, /backtest\.jobs\.lease_seconds.*soon/],
    [["--config", extra.path], {}, /colour/],
    [["--config", "nowhere/backtest.yaml"], {}, /nowhere\/backtest\.yaml": the file does not exist/],
    [[], { ROEHUB_ENV: "staging" }, /ROEHUB_ENV.*staging/],
  ];
  for (const [args, env, expected] of cases) {
    const { code, stderr } = await runProgram(["worker", ...args], { env });
    assert.equal(code, 1);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

Deno.test("S001-02 ROEHUB_BACKTEST_CONFIG is used instead of the environment's file", async () => {
  await using folder = await configFolder((text) => text.replace(/enabled: true/, "enabled: false"));
  const env = { ROEHUB_BACKTEST_CONFIG: folder.path, ROEHUB_ENV: "prod" };
  const { code, stderr } = await runProgram(["worker"], { env });
  assert.equal(code, 0);
  assert.ok(stderr.includes(`config_path=${folder.path}`), stderr);
});

Deno.test("S001-08 a worker without flags takes its config from the environment and serves port 9204", async () => {
  const dsn = await server.createDatabase();
  await runProgram(["migrate"], { env: { POSTGRES_DSN: dsn } });
  const env = { STRATEGY_PG_DSN: dsn, ROEHUB_ENV: "test" };
  // somebody else may listen there; then it says so and ends
  const usual = startProgram(["worker"], { env });
  await usual.saw("9204");
  endIfRunning(usual);
  assert.match(
    (await usual.ended()).stderr,
    /event=metrics_started metrics_port=9204\n|^Cannot serve metrics on 127\.0\.0\.1:9204: the port is already in use\n$/,
  );

  const port = String(freePort());
  const worker = startProgram(["worker", "--metrics-port", port], { env });
  await worker.saw(`event=metrics_started metrics_port=${port}`);
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^# HELP /);
  endIfRunning(worker);
  assert.equal((await worker.ended()).code, 0);
});

Deno.test("S001-06 S001-30 a worker with a wrong CH_ setting exits 1 and names it", async () => {
  const cases = [["CH_SECURE", "true"], ["CH_VERIFY", "2"], ["CH_PORT", "84x3"], ["CH_PORT", "0"], [
    "CH_PORT",
    "65536",
  ]];
  for (const [name, value] of cases) {
    const env = { STRATEGY_PG_DSN: "postgres://127.0.0.1:1/none", CH_HOST: "127.0.0.1", [name!]: value! };
    const { code, stderr } = await runProgram(["worker"], { env });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`${name}.*${value}`));
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

Deno.test("S000-04 S001-03 a worker opens the database of STRATEGY_PG_DSN and never that of POSTGRES_DSN", async () => {
  const [own, other] = [await server.createDatabase(), await server.createDatabase()];
  await runProgram(["migrate"], { env: { POSTGRES_DSN: own, STRATEGY_PG_DSN: other } });
  const env = { STRATEGY_PG_DSN: own, POSTGRES_DSN: other };
  const worker = startProgram(["worker", "--metrics-port", String(freePort())], { env });
  await worker.saw("event=metrics_started");
  const name = (dsn: string) => new URL(dsn).pathname.slice(1);
  await withPool(own, async (sql) => {
    const open = await sql<{ datname: string }[]>`
      SELECT DISTINCT datname FROM pg_stat_activity WHERE datname LIKE 'test\\_%' AND pid <> pg_backend_pid()`;
    assert.deepEqual(open.map(({ datname }) => datname), [name(own)]);
  });
  worker.process.kill("SIGTERM");
  assert.equal((await worker.ended()).code, 0);
  await withPool(other, async (sql) => {
    assert.deepEqual([...await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`], []);
  });
});

Deno.test("S003-43 programs under test get no database of the environment, so they cannot write into one", async () => {
  const before = Deno.env.get("STRATEGY_PG_DSN");
  Deno.env.set("STRATEGY_PG_DSN", "postgres://127.0.0.1:1/precious");
  try {
    for (const args of [["worker"], ["jobs", "list"]]) {
      const { code, stderr } = await runProgram(args);
      assert.equal(code, 1);
      assert.match(stderr, /STRATEGY_PG_DSN must be set/);
    }
  } finally {
    if (before === undefined) Deno.env.delete("STRATEGY_PG_DSN");
    else Deno.env.set("STRATEGY_PG_DSN", before);
  }
});

Deno.test("S000-37 a database that does not answer ends the start with one line without the password", async () => {
  const env = { STRATEGY_PG_DSN: "postgres://bob:hunter2@127.0.0.1:1/none" };
  for (const args of [["worker"], ["jobs", "show", crypto.randomUUID()]]) {
    const { code, stderr } = await runProgram(args, { env });
    assert.equal(code, 1);
    assert.match(stderr, /127\.0\.0\.1:1/);
    assert.ok(!stderr.includes("hunter2"), stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});

Deno.test("S001-03 migrate uses POSTGRES_DSN; a worker on a database without the schema says what to run", async () => {
  const dsn = await server.createDatabase();
  const before = await runProgram(["worker"], { env: { STRATEGY_PG_DSN: dsn } });
  assert.equal(before.code, 1);
  assert.match(before.stderr, /table backtest_jobs is missing; run `deno task migrate`/);
  const none = await runProgram(["migrate"], { env: { STRATEGY_PG_DSN: dsn } });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /POSTGRES_DSN must be set/);
  const env = { POSTGRES_DSN: dsn };
  assert.match((await runProgram(["migrate", "status"], { env })).stdout, /^pending 0001_/);
  assert.match((await runProgram(["migrate"], { env })).stdout, /^applied 0001_/);
  assert.equal((await runProgram(["migrate", "up"], { env })).stdout, "Nothing to apply\n");
  assert.match((await runProgram(["migrate", "status"], { env })).stdout, /^applied 0001_/);
});
