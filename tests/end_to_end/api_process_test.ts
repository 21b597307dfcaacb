import assert from "node:assert/strict";
import { testConfig } from "../helpers/config.ts";
import { largeSweep } from "../helpers/large_sweep.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { localApi, untilMetric } from "../helpers/local_api.ts";
import { runProgram } from "../helpers/program.ts";
import { untilReady } from "../helpers/until_ready.ts";

const postgres = embeddedPostgres();

/** 38,416 base variants and 280,000 expanded ones over twenty years of days: many batches for one thread. */
const largeRun = largeSweep({
  instrument: { market_id: 9, symbol: "SPX" },
  sources: ["close"],
  preselect: 2000,
});

function startRun(url: string): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${url}/backtests`, {
    method: "POST",
    headers,
    body: largeRun,
  });
}

Deno.test("S001-33 api listens on 127.0.0.1:8000 by default", () => {
  const { host, port } = testConfig().api;
  assert.deepEqual({ host, port }, { host: "127.0.0.1", port: 8000 });
});

Deno.test("api without jobs needs no database, and answers real runs", async () => {
  await using api = await localApi();
  assert.match(api.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.deepEqual(await untilReady(api.url), { status: "ready", checks: { compute: "ok" } });
  const answer = await startRun(api.url);
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).variants.length, 5);
  const { code } = await api.stop();
  assert.equal(code, 0);
});

Deno.test("api needs to read its own folders, config and candles only", async () => {
  await using api = await localApi({ namedPaths: true });
  await untilReady(api.url);
  const answer = await startRun(api.url);
  assert.equal(answer.status, 200, await answer.text());
  const styles = await fetch(`${api.url}/docs/swagger-ui.css`);
  assert.equal(styles.status, 200);
  assert.ok((await styles.text()).length > 1000);
});

Deno.test("api that is told to stop answers the run under way, takes no other and exits 0", async () => {
  await using api = await localApi();
  const run = startRun(api.url);
  await untilMetric(api.url, "backtest_api_sync_runs_active 1");
  const ended = api.stop();
  const answer = await run;
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).variants.length, 5);
  const { code, stderr } = await ended;
  assert.equal(code, 0, stderr);
  assert.ok(stderr.includes("event=api_stopped"), stderr);
  await assert.rejects(fetch(`${api.url}/healthz`));
});

Deno.test("api without sign-in refuses to listen on more than loopback", async () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1"]) {
    const { code, stderr, stdout } = await runProgram(["api", "--host", host, "--port", "0"]);
    assert.equal(code, 1);
    assert.match(stderr, /^Cannot start the API: api\.auth\.mode dev serves loopback only/);
    assert.ok(stderr.includes(`"${host}"`), stderr);
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    assert.equal(stdout, "");
  }
});

Deno.test("S001-01 api with jobs enabled and no STRATEGY_PG_DSN exits 1 and names it", async () => {
  for (const env of [{}, { STRATEGY_PG_DSN: " " }]) {
    const { code, stderr } = await runProgram(["api", "--port", "0"], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^Cannot start: STRATEGY_PG_DSN must be set/);
  }
});

Deno.test("S001-32 api with jobs serves over a migrated database, and is not ready without it", async () => {
  const dsn = await postgres.createDatabase();
  const refused = await runProgram(["api", "--port", "0"], { env: { STRATEGY_PG_DSN: dsn } });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /migrate/);
  assert.equal((await runProgram(["migrate"], { env: { POSTGRES_DSN: dsn } })).code, 0);
  await using api = await localApi({ jobs: true, env: { STRATEGY_PG_DSN: dsn } });
  assert.deepEqual(await untilReady(api.url), {
    status: "ready",
    checks: { database: "ok", compute: "ok" },
  });
  assert.equal((await api.stop()).code, 0);
});
