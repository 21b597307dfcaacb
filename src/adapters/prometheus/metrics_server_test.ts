import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { BacktestError } from "../../core/errors/mod.ts";
import { startMetricsServer } from "./metrics_server.ts";
import { prometheusMetrics } from "./runner_metrics.ts";

function registry(): Registry {
  const registry = new Registry();
  prometheusMetrics(registry);
  return registry;
}

Deno.test("S001-10 startMetricsServer() answers GET /metrics as Prometheus text, on loopback", async () => {
  await using server = startMetricsServer({ port: 0, registry: registry() });
  assert.equal(server.hostname, "127.0.0.1");
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  assert.match(await response.text(), /^backtest_job_runner_claim_total 0$/m);
});

Deno.test("startMetricsServer() answers everything else with 404", async () => {
  await using server = startMetricsServer({ port: 0, registry: registry() });
  const status = async (path: string, method = "GET") => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await status("/"), 404);
  assert.equal(await status("/metrics/x"), 404);
  assert.equal(await status("/metrics", "POST"), 404);
});

Deno.test("startMetricsServer() answers /healthz always, and /readyz as the process says", async () => {
  let isReady = false;
  const ready = () => Promise.resolve(isReady);
  await using server = startMetricsServer({ port: 0, registry: registry(), ready });
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [response.status, await response.json()];
  };
  assert.deepEqual(await get("/healthz"), [200, { status: "ok" }]);
  assert.deepEqual(await get("/readyz"), [503, { status: "not_ready" }]);
  isReady = true;
  assert.deepEqual(await get("/readyz"), [200, { status: "ready" }]);
});

Deno.test("startMetricsServer() names a port that is taken, on one line", async () => {
  await using server = startMetricsServer({ port: 0, registry: registry() });
  const { port } = server;
  assert.throws(
    () => startMetricsServer({ port, registry: registry() }),
    (error) =>
      error instanceof BacktestError && error.code === "validation_error" &&
      error.message === `Cannot serve metrics on 127.0.0.1:${port}: the port is already in use`,
  );
});

Deno.test("startMetricsServer() closes when its signal aborts and frees the port", async () => {
  const controller = new AbortController();
  const server = startMetricsServer({ port: 0, registry: registry(), signal: controller.signal });
  controller.abort();
  await server.closed;
  await using again = startMetricsServer({ port: server.port, registry: registry() });
  assert.equal(again.port, server.port);
  await server[Symbol.asyncDispose]();
});
