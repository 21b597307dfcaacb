import assert from "node:assert/strict";
import { FileCandleSource } from "../../src/adapters/candles/file_candle_source.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type {
  OptimizationAnswer,
  OptimizationEvent,
  OptimizationTasks,
} from "../../src/answers/optimization.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { testConfig } from "../helpers/config.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";
import { memoryStrategies } from "../memory/strategy_repository.ts";
import { sharedWorld } from "../optimizations/shared_world.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "00000000-0000-4000-8000-00000000beef";
const key = { "idempotency-key": "one" };

async function submitted(world: ApiWorld, body: Record<string, unknown> = {}): Promise<OptimizationAnswer> {
  const { status, json, text } = await world.send("POST", "/optimizations", {
    body: { ...requestBody(), ...body },
  });
  assert.equal(status, 202, text);
  return json;
}

Deno.test("S004-01 POST /optimizations answers 202 with the optimization, queued; again with its key 200", async () => {
  const world = apiWorld();
  const sent = { body: { ...requestBody(), concurrency_limit: 3, top_n: 7 }, headers: key };
  const first = await world.send("POST", "/optimizations", sent);
  assert.equal(first.status, 202);
  const { id, created_at, ...rest } = first.json;
  assert.deepEqual(rest, {
    status: "queued",
    stage: "stage_a",
    concurrency_limit: 3,
    early_stop_policy: null,
    summary: { total: 2, finished: 0, running: 0, waiting: 2, workers: [], top_n: [] },
    stop_reason: null,
    started_at: null,
    finished_at: null,
    cancel_requested_at: null,
    error: null,
  });
  assert.match(created_at, /Z$/);
  const again = await world.send("POST", "/optimizations", sent);
  assert.deepEqual([again.status, again.json.id], [200, id]);
  const other = await world.send("POST", "/optimizations", { ...sent, body: { ...sent.body, top_n: 8 } });
  assert.deepEqual([other.status, other.json.error.code], [409, "conflict"]);
  const asJob = await world.send("POST", "/backtests/jobs", { ...sent, body: requestBody() });
  assert.deepEqual([asJob.status, asJob.json.error.code], [409, "conflict"]);
  // it is a job, too
  const job = await world.send("GET", `/backtests/jobs/${id}`);
  assert.deepEqual([job.status, job.json.state], [200, "queued"]);
  assert.equal((await world.send("GET", "/optimizations")).json.items.length, 1);
});

Deno.test("S004-21 a missing optimization is 404, a plain job is none, and another user's is 403", async () => {
  const world = apiWorld();
  const { id } = await submitted(world);
  const plain = (await world.send("POST", "/backtests/jobs", { body: requestBody() })).json.job_id;
  const paths = (asked: string): readonly (readonly [string, string])[] => [
    ["GET", `/optimizations/${asked}`],
    ["GET", `/optimizations/${asked}/tasks`],
    ["GET", `/optimizations/${asked}/top`],
    ["GET", `/optimizations/${asked}/events`],
    ["POST", `/optimizations/${asked}/cancel`],
  ];
  for (const asked of [missingId, plain]) {
    for (const [method, path] of paths(asked)) {
      const { status, json } = await world.send(method, path);
      assert.deepEqual([status, json.error.code], [404, "not_found"], `${method} ${path}`);
    }
  }
  for (const [method, path] of paths(id)) {
    const { status, json } = await world.send(method, path, { user: strangerId });
    assert.deepEqual([status, json.error.code], [403, "forbidden"], `${method} ${path}`);
  }
  assert.deepEqual((await world.send("GET", "/optimizations", { user: strangerId })).json.items, []);
  assert.equal((await world.send("GET", `/optimizations/${id}`)).json.status, "queued");
});

Deno.test("an optimization counts against its owner's quota as any job does", async () => {
  const world = apiWorld();
  for (let i = 0; i < testConfig().jobs.max_active_jobs_per_user; i++) await submitted(world);
  const { status, json } = await world.send("POST", "/optimizations", { body: requestBody() });
  assert.deepEqual([status, json.error.details.errors[0].code], [422, "quota_exceeded"]);
});

Deno.test("what cannot be shared is refused with 422 and its path, and becomes no job", async () => {
  const world = apiWorld();
  const policy = { metric: "total_return_pct", threshold: 1 };
  const cases: readonly (readonly [Record<string, unknown>, string, string])[] = [
    [{ concurrency_limit: 0 }, "body.concurrency_limit", "greater_than"],
    [{ concurrency_limit: 17 }, "body.concurrency_limit", "max_value"],
    [{ top_n: 0 }, "body.top_n", "greater_than"],
    [
      { early_stop_policy: { ...policy, metric: "profit_factor" } },
      "body.early_stop_policy.metric",
      "value_error",
    ],
    [{ early_stop_policy: { ...policy, mode: "min" } }, "body.early_stop_policy.mode", "value_error"],
    [{ early_stop_policy: { metric: policy.metric } }, "body.early_stop_policy.threshold", "required"],
    [{ fold_equal: true }, "body.fold_equal", "mode_conflict"],
    [{ workers: 3 }, "body.workers", "extra_forbidden"],
  ];
  for (const [members, path, code] of cases) {
    const { status, json, text } = await world.send("POST", "/optimizations", {
      body: { ...requestBody(), ...members },
    });
    assert.equal(status, 422, text);
    const found = json.error.details.errors.map((item: Record<string, string>) =>
      `${item.path} ${item.code}`
    );
    assert.ok(found.includes(`${path} ${code}`), `${path}: ${found}`);
  }
  assert.deepEqual((await world.send("GET", "/backtests/jobs")).json.items, []);
});

Deno.test("GET /optimizations pages and filters by status, canceled among them", async () => {
  const world = apiWorld();
  const ids = [await submitted(world), await submitted(world), await submitted(world)].map(({ id }) => id);
  await world.send("POST", `/optimizations/${ids[0]}/cancel`);
  const list = async (query: string) => (await world.send("GET", `/optimizations?${query}`)).json;
  const page = await list("limit=2");
  const rest = await list(`limit=2&cursor=${page.next_cursor}`);
  const seen = [...page.items, ...rest.items].map(({ id }: OptimizationAnswer) => id);
  assert.deepEqual(seen.toSorted(), ids.toSorted());
  assert.equal(rest.next_cursor, null);
  assert.equal((await list("status=queued")).items.length, 2);
  for (const name of ["cancelled", "canceled", "CANCELED"]) {
    assert.deepEqual((await list(`status=${name}`)).items.map(({ id }: OptimizationAnswer) => id), [ids[0]]);
  }
  assert.deepEqual((await list("status=early-stopped")).items, []);
  const refused = [["status=done", "query.status"], ["limit=251", "query.limit"], [
    "cursor=x",
    "query.cursor",
  ]] as const;
  for (const [query, path] of refused) {
    const { status, json } = await world.send("GET", `/optimizations?${query}`);
    assert.deepEqual([status, json.error.details.errors[0].path], [422, path]);
  }
});

Deno.test("S004-09 a cancel is 202 with the optimization as it is now, with a reason or without", async () => {
  const world = apiWorld();
  const { id } = await submitted(world);
  const cancel = await world.send("POST", `/optimizations/${id}/cancel`, {
    body: { reason: "  a better idea " },
  });
  assert.deepEqual([cancel.status, cancel.json.status], [202, "cancelled"]);
  const again = await world.send("POST", `/optimizations/${id}/cancel`);
  assert.deepEqual([again.status, again.json.status], [202, "cancelled"]);
  const told = world.log.lines.find(({ event }) => event === "optimization_cancelled")!;
  assert.deepEqual([told.fields.job_id, told.fields.reason], [id, "a better idea"]);
  for (const reason of ["", "x".repeat(201), 7]) {
    const { status, json } = await world.send("POST", `/optimizations/${id}/cancel`, { body: { reason } });
    assert.deepEqual([status, json.error.details.errors[0].path], [422, "body.reason"]);
  }
});

const explicit = (...values: readonly (number | string)[]) => ({ mode: "explicit", values });

/** The worked example of docs/api.md, submitted. */
async function workedExample() {
  const shared = sharedWorld({
    candles: new FileCandleSource({
      path: new URL("../../docs/examples/sp500-daily.csv", import.meta.url),
      label: "sp500-daily.csv",
    }),
  });
  const config = testConfig();
  const clock = systemClock();
  const { jobs, results, changes, wakeups, optimizations } = shared;
  const world = apiWorld({
    clock,
    config: { ...config, optimizations: { ...config.optimizations, task_variants: 4 } },
    jobs: { jobs, results, changes, wakeups, optimizations, strategies: memoryStrategies(clock) },
  });
  const { id } = await submitted(world, {
    time_range: { start: "2000-01-03T00:00:00Z", end: "2020-04-18T00:00:00Z" },
    template: {
      instrument_id: { market_id: 100, symbol: "SP500" },
      timeframe: "1d",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: explicit(20, 40, 60, 80, 100, 140, 180, 220) },
        source: explicit("close"),
      }],
      risk_grid: { sl_enabled: true, tp_enabled: false, sl: explicit(2, 8) },
      execution: { fee_pct: 0.02, slippage_pct: 0.01 },
    },
    top_k: 8,
    preselect: "all",
    early_stop_policy: { metric: "total_return_pct", threshold: -20 },
  });
  return { shared, world, id, [Symbol.asyncDispose]: () => shared[Symbol.asyncDispose]() };
}

Deno.test("S004-22 a sweep that stops early shows summary and reason, and its stream ends with them", async () => {
  await using example = await workedExample();
  const { shared, world, id } = example;
  const stream = await world.api.fetch(
    new Request(`http://127.0.0.1:8000/optimizations/${id}/events`, { headers: { "x-test-user": userId } }),
  );
  shared.startWorker("W1");
  shared.startWorker("W2");
  const events = (await stream.text()).split("\n\n").filter((text) => text.startsWith("event: optimization"))
    .map((text): OptimizationEvent => JSON.parse(/^data: (.+)$/m.exec(text)![1]!));
  const last = events.at(-1)!;
  assert.deepEqual([last.status, last.state, last.terminal], ["early-stopped", "succeeded", true]);
  const { json }: { readonly json: OptimizationAnswer } = await world.send("GET", `/optimizations/${id}`);
  assert.deepEqual([json.status, json.early_stop_policy], ["early-stopped", {
    metric: "total_return_pct",
    threshold: -20,
    mode: "max",
  }]);
  const { total, finished, running, waiting, top_n } = json.summary;
  assert.deepEqual([total, finished, running, waiting], [6, 4, 0, 2]);
  assert.deepEqual(top_n.map(({ seq, score }) => [seq, score]), [[3, -10.311296965049365], [
    2,
    -59.724060104469444,
  ]]);
  assert.deepEqual([json.stop_reason!.seq, json.stop_reason!.score], [3, -10.311296965049365]);
  assert.deepEqual([last.summary, last.stop_reason], [json.summary, json.stop_reason]);
  const top = (await world.send("GET", `/optimizations/${id}/top`)).json;
  assert.equal(top.items.length, 8);
  assert.equal(top.items[0].variant_key, top_n[0]!.result_summary_id);
  assert.match(top.items[0].report_table_md, /^\|Metric\|Value\|/);
  assert.equal((await world.send("GET", "/optimizations?status=early-stopped")).json.items[0].id, id);
  assert.deepEqual((await world.send("GET", "/optimizations?status=succeeded")).json.items, []);
});

Deno.test("S004-02 tasks are listed in order, page by page, with what they cover and who did them", async () => {
  await using example = await workedExample();
  const { shared, world, id } = example;
  shared.startWorker("W1");
  shared.startWorker("W2");
  await shared.ended(id);
  const first: { readonly json: OptimizationTasks } = await world.send(
    "GET",
    `/optimizations/${id}/tasks?limit=3`,
  );
  const rest = await world.send("GET", `/optimizations/${id}/tasks?cursor=${first.json.next_cursor}`);
  const tasks: OptimizationTasks["items"] = [...first.json.items, ...rest.json.items];
  assert.deepEqual(
    tasks.slice(0, 4).map(({ seq, stage, status, progress }) => [seq, stage, status, progress]),
    [
      [0, "stage_a", "succeeded", 1],
      [1, "stage_a", "succeeded", 1],
      [2, "stage_b", "succeeded", 1],
      [3, "stage_b", "succeeded", 1],
    ],
  );
  const { params } = tasks[3]!;
  assert.deepEqual([params.from, params.to], [2, 4]);
  assert.deepEqual(
    [params.first, params.last].map((
      { indicator_selections, risk_params },
    ) => [indicator_selections![0]!.params.window, risk_params.sl_pct]),
    [[60, 2], [80, 8]],
  );
  assert.ok(tasks.slice(0, 4).every(({ worker }) => worker === "W1" || worker === "W2"));
});
