import assert from "node:assert/strict";
import { runContextSchema } from "../../src/answers/run.ts";
import { manualClock } from "../memory/clock.ts";
import { newRun } from "../contract/run_stores.ts";
import { testConfig } from "../helpers/config.ts";
import { until } from "../helpers/until.ts";
import { gatedCandles, knownBody, scenarioWorld } from "../helpers/scenario_world.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "99999999-9999-4999-8999-999999999999";
const path = "/workspaces/gold-loan/scenario";

type World = ReturnType<typeof scenarioWorld>;

async function start(world: World, changes: Record<string, unknown> = {}, at = path): Promise<string> {
  const { status, json } = await world.send("POST", at, { body: { ...knownBody, ...changes } });
  assert.equal(status, 202, JSON.stringify(json));
  return json.job_id;
}

async function shown(world: World, at = path, user = userId) {
  return (await world.send("GET", at, { user })).json;
}

/** A world with one scenario that waits for its candles. */
async function waitingWorld() {
  const candles = gatedCandles();
  const world = scenarioWorld({ candles: candles.source });
  const jobId = await start(world);
  await until(() => candles.begun === 1);
  return { world, candles, jobId };
}

Deno.test("S003-25 GET of a scenario that is not there, is another's or no scenario is 404 in the same bytes", async () => {
  const world = scenarioWorld();
  const jobId = await start(world);
  await world.quiet();
  const job = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  const run = newRun(99, { userId });
  await world.runStores.runs.create(run, { maxActive: 9, holder: "somebody" });
  const answers = [
    await world.send("GET", `/scenarios/${run.runId}`),
    await world.send("GET", `/scenarios/${missingId}`),
    await world.send("GET", `/scenarios/${jobId}`, { user: strangerId }),
    await world.send("GET", `/scenarios/${job.json.job_id}`),
    await world.send("GET", `/scenarios/${missingId}/path.csv`),
    await world.send("GET", `/scenarios/${jobId}/path.csv`, { user: strangerId }),
  ];
  for (const { status, text } of answers) {
    assert.equal(status, 404);
    assert.equal(text, '{"error":{"code":"not_found","message":"Scenario was not found","details":{}}}');
  }
});

Deno.test("read as a run a scenario has no step to decide, and says where its result is", async () => {
  const world = scenarioWorld();
  const jobId = await start(world);
  await world.quiet();
  const context = await world.send("GET", `/backtests/runs/${jobId}/context`);
  assert.equal(context.status, 200);
  assert.equal(runContextSchema.parse(context.json).decision_timeout_seconds, null);
  const result = await world.send("GET", `/backtests/runs/${jobId}/result`);
  assert.equal(result.status, 409);
  assert.deepEqual(result.json.error.details, { reason: "scenario", state: "succeeded" });
});

Deno.test("GET of a scenario without a result is 409 that says where it stands, also once it was replaced", async () => {
  const { world, candles, jobId } = await waitingWorld();
  const waiting = await world.send("GET", `/scenarios/${jobId}`);
  assert.equal(waiting.status, 409);
  assert.deepEqual(waiting.json.error, {
    code: "conflict",
    message: "The scenario has no result: it is running",
    details: { job_id: jobId, status: "running" },
  });
  await start(world);
  const replaced = await world.send("GET", `/scenarios/${jobId}/path.csv`);
  assert.deepEqual([replaced.status, replaced.json.error.details.status], [409, "cancelled"]);
  await until(() => candles.begun === 2);
  [0, 1].forEach(candles.release);
  await world.quiet();
});

Deno.test("S002-26 GET of a scenario's path.csv has every day of every template", async () => {
  const world = scenarioWorld();
  const jobId = await start(world);
  await world.quiet();
  const { text, headers } = await world.send("GET", `/scenarios/${jobId}/path.csv`);
  assert.equal(headers.get("content-type"), "text/csv; charset=utf-8");
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.length, 21);
  assert.match(lines[0]!, /^template_slug,date,spot_close,.*,margin_call_hedged,margin_call_unhedged$/);
  assert.match(lines[1]!, /^protective-put-95pct-12m,2026-01-05,200,200,200,200,210000,8064\.911228/);
  assert.match(lines[20]!, /^unhedged,2026-01-16,171\.25,.*,true,true$/);
});

Deno.test("GET /scenarios/templates lists the config's hedges", async () => {
  const { status, json } = await scenarioWorld().send("GET", "/scenarios/templates");
  assert.equal(status, 200);
  assert.deepEqual(json.items, testConfig().scenarios.templates);
});

Deno.test("the same Idempotency-Key and body give the same scenario, another body, workspace or a replaced job a conflict", async () => {
  const world = scenarioWorld();
  const send = (body: unknown, at = path, key = "k") =>
    world.send("POST", at, { body, headers: { "idempotency-key": key } });
  const first = await send(knownBody);
  await world.quiet();
  const again = await send({ ...knownBody, contract_size: null });
  assert.deepEqual([again.status, again.json.job_id, again.json.status], [
    202,
    first.json.job_id,
    "complete",
  ]);
  assert.equal(world.log.lines.filter(({ event }) => event === "run_started").length, 1);
  for (
    const other of [
      await send({ ...knownBody, loan_amount: 1 }),
      await send(knownBody, "/workspaces/v/scenario"),
    ]
  ) {
    assert.deepEqual([other.status, other.json.error.code], [409, "conflict"]);
    assert.equal(other.json.error.details.run_id, first.json.job_id);
  }
  assert.equal(
    (await world.send("POST", path, { body: knownBody, headers: { "idempotency-key": "a b" } })).status,
    422,
  );
});

Deno.test("an Idempotency-Key whose scenario was replaced before it ended is a conflict that says so", async () => {
  const candles = gatedCandles();
  const world = scenarioWorld({ candles: candles.source });
  const send = () => world.send("POST", path, { body: knownBody, headers: { "idempotency-key": "k" } });
  const first = await send();
  await start(world);
  const { status, json } = await send();
  assert.equal(status, 409);
  assert.deepEqual(json.error, {
    code: "conflict",
    message: "The scenario of this Idempotency-Key was superseded",
    details: { job_id: first.json.job_id, status: "cancelled" },
  });
  await until(() => candles.begun === 2);
  [0, 1].forEach(candles.release);
  await world.quiet();
});

Deno.test("a scenario that is cancelled as a run is gone from its workspace, which takes the next one", async () => {
  const { world, candles, jobId } = await waitingWorld();
  const cancelled = await world.send("POST", `/backtests/runs/${jobId}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.json.state], [200, "cancelled"]);
  assert.equal((await world.send("GET", path)).status, 404);
  assert.deepEqual((await world.send("GET", `/scenarios/${jobId}`)).json.error.details.status, "cancelled");
  candles.release(0);
  await world.quiet();
  const next = await start(world);
  await until(() => candles.begun === 2);
  candles.release(1);
  await world.quiet();
  assert.deepEqual([(await shown(world)).job_id, (await shown(world)).status], [next, "complete"]);
});

Deno.test("S003-01 scenarios and jobs share one quota; a start that replaces works at a full one", async () => {
  const config = testConfig();
  const candles = gatedCandles();
  const world = scenarioWorld({
    candles: candles.source,
    config: { ...config, jobs: { ...config.jobs, max_active_jobs_per_user: 2 } },
  });
  await start(world);
  assert.equal((await world.send("POST", "/backtests/jobs", { body: requestBody() })).status, 201);
  const refused = await world.send("POST", "/workspaces/second/scenario", { body: knownBody });
  assert.deepEqual([refused.status, refused.json.error.details.errors[0].code], [422, "quota_exceeded"]);
  assert.equal((await world.send("GET", "/workspaces/second/scenario")).status, 404);
  const job = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  assert.deepEqual([job.status, job.json.error.details.errors[0].code], [422, "quota_exceeded"]);
  await start(world);
  await until(() => candles.begun === 2);
  [0, 1].forEach(candles.release);
  await world.quiet();
  await start(world, {}, "/workspaces/second/scenario");
  await until(() => candles.begun === 3);
  candles.release(2);
  await world.quiet();
});

Deno.test("a workspace id that is none is 422 on every method", async () => {
  const world = scenarioWorld();
  for (const id of ["a%20b", "x".repeat(65), "a.b", "%C3%A9"]) {
    for (const method of ["GET", "DELETE", "POST"]) {
      const { status, json } = await world.send(method, `/workspaces/${id}/scenario`, {
        ...(method === "POST" ? { body: knownBody } : {}),
      });
      assert.equal(status, 422, `${method} ${id}`);
      assert.deepEqual(
        json.error.details.errors.map(({ path, code }: Record<string, string>) => [path, code]),
        [
          ["path.workspace_id", "value_error"],
        ],
      );
    }
  }
});

Deno.test("a body that is no scenario is 422 with every member named, and starts nothing", async () => {
  const world = scenarioWorld();
  const { status, json } = await world.send("POST", path, {
    body: { ...knownBody, loan_amount: true, margin_call_ltv: "0.7", template_slug: "collar", units: 5 },
  });
  assert.equal(status, 422);
  assert.deepEqual(json.error.details.errors.map(({ path, code }: Record<string, string>) => [path, code]), [
    ["body.loan_amount", "float_type"],
    ["body.margin_call_ltv", "float_type"],
    ["body.template_slug", "literal_error"],
    ["body.units", "extra_forbidden"],
  ]);
  assert.equal(
    (await world.send("POST", path, { body: "{" })).json.error.details.errors[0].code,
    "json_invalid",
  );
  assert.equal((await world.send("GET", path)).status, 404);
  assert.equal(
    (await world.send("GET", "/scenarios/no-uuid")).json.error.details.errors[0].code,
    "uuid_parsing",
  );
  assert.equal((await world.send("GET", `${path}?x=1`)).status, 422);
  assert.equal((await world.send("GET", path, { user: null })).status, 401);
});

const unfit: readonly (readonly [string, Record<string, unknown>, string])[] = [
  [
    "a loan that is called at entry",
    { margin_call_ltv: 0.6 },
    "Cannot start: LTV at entry is 0.6, the margin call is at 0.6",
  ],
  [
    "no whole contract",
    { underlying_units: 99, loan_amount: 100 },
    "Cannot hedge 99 units with contracts of 100",
  ],
  [
    "no day",
    { start_date: "2026-03-01", end_date: "2026-03-31" },
    "Data source error: no daily candle of GLD from 2026-03-01 to 2026-03-31",
  ],
  [
    "a start before the candles",
    { start_date: "2025-12-01" },
    "Data not available before 2026-01-05. Please set start date to 2026-01-05 or later.",
  ],
];

for (const [what, changes, text] of unfit) {
  Deno.test(`S002-17 a scenario with ${what} fails with: ${text}`, async () => {
    const world = scenarioWorld();
    await start(world, changes);
    await world.quiet();
    const { status, error } = await shown(world);
    assert.deepEqual([status, error], ["failed", text]);
  });
}

Deno.test("S002-30 a scenario under way when the process ends fails with that, and keeps nobody waiting", async () => {
  const stop = new AbortController();
  const never = { load: () => new Promise<never>(() => {}) };
  const world = scenarioWorld({ candles: never, stop: stop.signal });
  await start(world);
  await until(() => world.log.lines.length === 3);
  stop.abort();
  await world.quiet();
  const { status, error } = await shown(world);
  assert.equal(status, "failed");
  assert.equal(error, "The server was stopped before the scenario was done. Please start it again.");
});

Deno.test("S002-20 a source that does not answer in time fails its scenario", async () => {
  const clock = manualClock();
  const never = { load: () => new Promise<never>(() => {}) };
  const world = scenarioWorld({ candles: never, clock });
  await start(world);
  await until(() => clock.sleepers === 1);
  await clock.advance(60_000);
  await world.quiet();
  assert.equal(
    (await shown(world)).error,
    'Data source error: Cannot load candles of market 100 symbol "GLD": no answer within 60 s',
  );
});
