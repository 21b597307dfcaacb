import assert from "node:assert/strict";
import { BacktestClient } from "../../src/client/client.ts";
import { operationsOf } from "../helpers/any_request.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

function world() {
  const made = apiWorld();
  const asked: string[] = [];
  const client = new BacktestClient({
    baseUrl: "http://127.0.0.1:8000",
    headers: { "x-test-user": userId },
    fetch(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return made.api.fetch(request);
    },
  });
  return { ...made, client, asked };
}

const { template, time_range, ...frame } = requestBody();

Deno.test("BacktestClient runs a sweep, reports a variant and asks for defaults, indicators and an estimate", async () => {
  const { client, send } = world();
  const answer = await client.runBacktest(requestBody());
  assert.equal(answer.variants.length, frame.top_k);
  const { payload: variant } = answer.variants[0]!;
  const report = await client.variantReport({ time_range, template, variant, include_trades: false });
  assert.deepEqual([report.rows.length, report.trades], [25, null]);
  assert.deepEqual(await client.runtimeDefaults(), (await send("GET", "/backtests/runtime-defaults")).json);
  const { items } = await client.indicators();
  assert.deepEqual(items, (await send("GET", "/indicators")).json.items);
  assert.ok(items.some(({ id, params }) => id === "ma.ema" && params[0]?.name === "source"));
  const explicit = (...values: readonly number[]) => ({ mode: "explicit", values });
  const estimate = await client.estimate({
    timeframe: "1d",
    time_range: { start: "2026-01-01T00:00:00Z", end: "2026-02-01T00:00:00Z" },
    indicators: [{
      indicator_id: "ma.ema",
      params: { window: explicit(10, 20) },
      source: { mode: "explicit", values: ["close"] },
    }],
    risk: { sl: explicit(1.5, 3), tp: explicit(1) },
  });
  assert.equal(estimate.total_variants, 4);
});

Deno.test("BacktestClient saves, pages, reads and deletes strategies", async () => {
  const { client } = world();
  const saved = [];
  for (const name of ["a", "b", "c"]) saved.push(await client.saveStrategy({ name, template }));
  const first = await client.listStrategies({ limit: 2 });
  const second = await client.listStrategies({ limit: 2, cursor: first.next_cursor! });
  assert.deepEqual([...first.items, ...second.items].map(({ name }) => name), ["c", "b", "a"]);
  assert.equal(second.next_cursor, null);
  const { strategy_id } = saved[0]!;
  assert.deepEqual(await client.strategy(strategy_id), saved[0]);
  assert.equal(await client.deleteStrategy(strategy_id), undefined);
  await assert.rejects(client.strategy(strategy_id), { name: "ApiError", code: "not_found", status: 404 });
});

Deno.test("BacktestClient has a function for every operation but those of operations people", async () => {
  const { client, asked, send } = world();
  const id = "99999999-9999-4999-8999-999999999999";
  const ignore = () => {};
  await Promise.all(
    [
      client.submitJob({}),
      client.listJobs(),
      client.job(id),
      client.topRows(id),
      client.cancelJob(id),
      client.heatmap(id),
      client.file(id, "top.csv"),
      client.file(id, "top.parquet"),
      client.file(id, "rows/1/trades.csv"),
      client.file(id, "rows/1/trades.parquet"),
      client.file(id, "rows/1/equity.csv"),
      client.watchJobs([id]).next(),
      client.submitOptimization({}),
      client.listOptimizations(),
      client.optimization(id),
      client.optimizationTasks(id),
      client.cancelOptimization(id),
      client.watchOptimization(id).next(),
      client.runBacktest({}),
      client.variantReport({}),
      client.runtimeDefaults(),
      client.indicators(),
      client.estimate({}),
      client.saveStrategy({ name: "", template }),
      client.listStrategies(),
      client.strategy(id),
      client.deleteStrategy(id),
      client.scenarios.start("w", { scenario: {} }),
      client.scenarios.status("w"),
      client.scenarios.clear("w"),
      client.scenarios.result(id),
      client.scenarios.csv(id),
      client.scenarios.templates(),
      client.uploadCandles([], { market_id: 1, symbol: "X" }),
      client.listCandles(),
      client.deleteCandles({ market_id: 1, symbol: "X" }),
      client.runs.create({}),
      client.runs.list(),
      client.runs.listed(),
      client.runs.show(id),
      client.runs.context(id),
      client.runs.decide(id, { step_index: 0, action: "flat" }, { idempotencyKey: "k" }),
      client.runs.decisions(id),
      client.runs.result(id),
      client.runs.cancel(id),
      client.runs.latestMetrics(),
      client.runs.compare([id, id]),
      client.runs.watch(id).next(),
    ].map((call: Promise<unknown>) => call.then(ignore, ignore)),
  );
  const operations = operationsOf((await send("GET", "/openapi.json")).json)
    .filter(({ path }) => !["/healthz", "/readyz", "/metrics", "/openapi.json"].includes(path))
    .map(({ method, path }) =>
      `${method} ${
        path.replace(/\{((job|strategy|run)_)?id\}/, id).replace("{rank}", "1").replace("{workspace_id}", "w")
      }`
    )
    // one stream carries one job, too, and an optimization's rows are its job's
    .filter((operation) =>
      ![`GET /backtests/jobs/${id}/events`, `GET /optimizations/${id}/top`].includes(operation)
    );
  assert.deepEqual(asked.toSorted(), operations.toSorted());
});
