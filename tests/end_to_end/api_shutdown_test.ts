import assert from "node:assert/strict";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { apiCancelMs, apiDrainMs } from "../../src/core/limits/mod.ts";
import { type LocalApi, localApi, untilMetric } from "../helpers/local_api.ts";
import { lowest } from "../helpers/lowest.ts";
import { embeddedPostgres, withPool } from "../helpers/postgres.ts";
import { rawConnection } from "../helpers/raw_connection.ts";
import { longRequest, walkCsv, walkRequest } from "../helpers/worker_world.ts";

const postgres = embeddedPostgres();
const candles = { "1/WALK.csv": walkCsv() };

function post(
  api: LocalApi,
  { path, body }: { readonly path: string; readonly body: unknown },
): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${api.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

Deno.test("api that is told to stop is not ready first, takes no run, and cancels late ones at its deadline", async () => {
  await using api = await localApi({ candles });
  const run = post(api, { path: "/backtests", body: longRequest() });
  await untilMetric(api.url, "backtest_api_sync_runs_active 1");
  const stoppedMs = performance.now();
  const ended = api.stop();
  await api.saw("event=api_stopping");

  const ready = await fetch(`${api.url}/readyz`);
  assert.equal(ready.status, 503);
  assert.deepEqual(await ready.json(), { status: "stopping", checks: {} });
  assert.equal(ready.headers.get("connection"), "close");
  assert.deepEqual(await (await fetch(`${api.url}/healthz`)).json(), { status: "ok" });
  const refused = await post(api, { path: "/backtests", body: walkRequest({ windows: 10 }) });
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.equal((await refused.json()).error.code, "shutting_down");

  const answer = await run;
  const tookMs = performance.now() - stoppedMs;
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "5");
  const { error } = await answer.json();
  assert.equal(error.code, "shutting_down");
  assert.equal(error.details.reason, "shutting_down");
  assert.ok(tookMs >= apiDrainMs - 100, `it was cancelled after ${tookMs} ms`);
  const { code, stderr, stdout } = await ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /event=api_stopped/);
  assert.doesNotMatch(stderr, /level=error|legacy/);
  assert.equal(stdout, "");
});

Deno.test("api that is told to stop waits neither for idle connections nor for ever for half a request", async () => {
  await using api = await localApi();
  using idle = await rawConnection(api.url);
  await idle.send("GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
  await idle.more();
  using silent = await rawConnection(api.url);
  using half = await rawConnection(api.url);
  await half.send(
    "POST /backtests HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
  );
  await half.send(" ");
  await fetch(`${api.url}/healthz`).then((answer) => answer.body?.cancel());
  const stoppedMs = performance.now();
  const { code, stderr } = await api.stop();
  const tookMs = performance.now() - stoppedMs;
  assert.equal(code, 0, stderr);
  // a multiple of what it takes: the machine may be busy
  assert.ok(tookMs < 3 * (apiDrainMs + apiCancelMs), `it took ${tookMs} ms`);
  await Promise.all([idle.closed(), silent.closed(), half.closed()]);
});

Deno.test("api that is told to stop ends event streams with a last word, and ends before its deadline", async () => {
  const tookMs = await lowest(stopWithListener, { limit: apiDrainMs });
  assert.ok(tookMs < apiDrainMs, `it took ${tookMs} ms`);
});

/** How long an API with an event stream open takes to end once it was told to stop, in ms. */
async function stopWithListener(): Promise<number> {
  const dsn = await postgres.createDatabase();
  await withPool(dsn, migrate);
  await using api = await localApi({ candles, jobs: true, env: { STRATEGY_PG_DSN: dsn } });
  const created = await post(api, { path: "/backtests/jobs", body: walkRequest({ windows: 10 }) });
  const { job_id } = await created.json();
  const stream = await fetch(`${api.url}/backtests/jobs/${job_id}/events`);
  assert.equal(stream.headers.get("x-content-type-options"), "nosniff");
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes('"state":"queued"')) text += (await reader.read()).value;

  const stoppedMs = performance.now();
  const ended = api.stop();
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
  assert.ok(text.endsWith(": this process ends; connect again\n\n"), text);
  assert.equal((await ended).code, 0);
  return performance.now() - stoppedMs;
}
