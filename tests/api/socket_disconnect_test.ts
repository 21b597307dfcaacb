import assert from "node:assert/strict";
import { type LocalApi, localApi, untilMetric } from "../helpers/local_api.ts";
import { type RawConnection, rawConnection } from "../helpers/raw_connection.ts";
import { longRequest, walkCsv, walkRequest } from "../helpers/worker_world.ts";

/** Longer than a run that is cut may take to end, shorter than the run would take. */
const deadlineSeconds = 8;

const start = () =>
  localApi({
    candles: { "1/WALK.csv": walkCsv() },
    deadlineSeconds,
    api: ["sync_runs_max: 1", "body_bytes_max: 4000000"],
  });

/** Sends a run over a raw connection, its body blown up with white space. */
async function sendRun(api: LocalApi, bytes = 0): Promise<RawConnection> {
  const connection = await rawConnection(api.url);
  const body = JSON.stringify(longRequest()).padEnd(bytes);
  const head = [
    "POST /backtests HTTP/1.1",
    "host: 127.0.0.1",
    "content-type: application/json",
    `content-length: ${body.length}`,
  ];
  assert.ok(await connection.send(`${head.join("\r\n")}\r\n\r\n${body}`));
  return connection;
}

function post(api: LocalApi, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${api.url}/backtests`, { method: "POST", headers, body: JSON.stringify(body) });
}

const active = (count: number) => `backtest_api_sync_runs_active ${count}`;
const waiting = (count: number) => `backtest_api_sync_runs_waiting ${count}`;

Deno.test("a client who goes away cancels his run at once, whatever the size of its body", async () => {
  await using api = await start();
  // that nothing else ends the run so early
  const startedMs = performance.now();
  const late = await post(api, longRequest());
  const wholeMs = performance.now() - startedMs;
  assert.equal(late.status, 503);
  assert.equal((await late.json()).error.code, "deadline_exceeded");
  assert.ok(wholeMs >= deadlineSeconds * 1000, `the run took ${wholeMs} ms`);

  for (const bytes of [0, 20_000, 2_000_000]) {
    const sentMs = performance.now();
    const run = await sendRun(api, bytes);
    await untilMetric(api.url, active(1));
    const leftMs = performance.now();
    run[Symbol.dispose]();
    await untilMetric(api.url, active(0));
    const endedMs = performance.now();
    assert.ok(endedMs - leftMs < wholeMs / 2, `with ${bytes} bytes it went on for ${endedMs - leftMs} ms`);
    assert.ok(endedMs - sentMs < wholeMs, "its deadline may have ended the run");
    const next = await post(api, walkRequest({ windows: 10 }));
    assert.equal(next.status, 200);
    assert.equal((await next.json()).variants.length, 20);
  }
  assert.doesNotMatch((await api.stop()).stderr, /legacy|level=error/);
});

Deno.test("a client who goes away while his run waits for its turn leaves the queue", async () => {
  await using api = await start();
  const first = await sendRun(api);
  await untilMetric(api.url, active(1));
  const second = await sendRun(api);
  await untilMetric(api.url, waiting(1));
  second[Symbol.dispose]();
  await untilMetric(api.url, waiting(0));
  await untilMetric(api.url, active(1));
  first[Symbol.dispose]();
  await untilMetric(api.url, active(0));
});
