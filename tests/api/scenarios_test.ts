import assert from "node:assert/strict";
import { BacktestError } from "../../src/core/errors/mod.ts";
import { until } from "../helpers/until.ts";
import { gatedCandles, knownBody, knownDays, scenarioWorld } from "../helpers/scenario_world.ts";
import { userId } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
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

Deno.test("S002-01 S002-07 S002-08 POST of a scenario answers 202 with the pending job before its source is released", async () => {
  const candles = gatedCandles();
  const world = scenarioWorld({ candles: candles.source });
  const { status, json } = await world.send("POST", path, { body: knownBody });
  assert.equal(status, 202);
  assert.deepEqual(json, {
    job_id: json.job_id,
    status: "pending",
    stage: "validating",
    stage_label: "Validating inputs...",
    progress: 0,
    message: "",
    has_result: false,
    error: null,
    created_at: "2026-01-01T00:00:00.000Z",
    completed_at: null,
  });
  assert.match(json.job_id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  await until(() => candles.begun === 1);
  candles.release(0);
  await world.quiet();
});

Deno.test("S002-03 S002-05 S002-06 S002-09 S002-10 a scenario goes through its stages to complete", async () => {
  const { world, candles, jobId } = await waitingWorld();
  const { stage, status, progress, message, has_result, completed_at } = await shown(world);
  assert.deepEqual([stage, status, progress, message], [
    "fetching_prices",
    "running",
    30,
    "Fetching prices for GLD...",
  ]);
  assert.deepEqual([has_result, completed_at], [false, null]);
  candles.release(0);
  await world.quiet();
  assert.deepEqual(await shown(world), {
    job_id: jobId,
    status: "complete",
    stage: "complete",
    stage_label: "Complete",
    progress: 100,
    message: "Backtest complete!",
    has_result: true,
    error: null,
    created_at: "2026-01-01T00:00:00.000Z",
    completed_at: "2026-01-01T00:00:00.000Z",
  });
  const phases = world.log.lines.filter(({ event }) => event === "run_phase").map(({ fields }) =>
    fields.phase
  );
  assert.deepEqual(phases, ["validating", "fetching_prices", "calculating"]);
  assert.deepEqual(world.log.lines.map(({ event }) => event), [
    "run_started",
    "run_phase",
    "run_phase",
    "run_phase",
    "run_ended",
  ]);
});

Deno.test("S002-11 a newer scenario replaces the one before, whose late end touches nothing", async () => {
  const { world, candles, jobId: first } = await waitingWorld();
  const second = await start(world);
  assert.notEqual(second, first);
  await until(() => candles.begun === 2);
  assert.equal((await shown(world)).job_id, second);
  const replaced = await world.runStores.runs.get(first);
  candles.release(0);
  await until(() => world.log.lines.some(({ event }) => event === "run_superseded"));
  assert.deepEqual(await world.runStores.runs.get(first), replaced);
  assert.deepEqual([replaced?.state, replaced?.cancelReason], ["cancelled", "superseded"]);
  assert.deepEqual((await shown(world)).stage, "fetching_prices");
  candles.release(1);
  await world.quiet();
  assert.deepEqual([(await shown(world)).job_id, (await shown(world)).status], [second, "complete"]);
});

Deno.test("S002-12 workspaces of one owner, and of one name with two owners, know nothing of each other", async () => {
  const world = scenarioWorld();
  const first = await start(world);
  const other = await start(world, {}, "/workspaces/other/scenario");
  const theirs = await world.send("POST", path, { body: knownBody, user: strangerId });
  await world.quiet();
  assert.equal((await shown(world)).job_id, first);
  assert.equal((await shown(world, "/workspaces/other/scenario")).job_id, other);
  assert.equal((await shown(world, path, strangerId)).job_id, theirs.json.job_id);
  await world.send("DELETE", path, { user: strangerId });
  assert.equal((await shown(world)).job_id, first);
});

Deno.test("S002-13 a workspace that was cleared meanwhile is not brought back by its job", async () => {
  const { world, candles, jobId } = await waitingWorld();
  assert.equal((await world.send("DELETE", path)).status, 204);
  candles.release(0);
  await world.quiet();
  const gone = await world.send("GET", path);
  assert.deepEqual([gone.status, gone.json.error.code], [404, "not_found"]);
  const run = await world.runStores.runs.get(jobId);
  assert.deepEqual([run?.state, run?.cancelReason], ["cancelled", "cleared"]);
});

Deno.test("S002-14 a result is there by its id also after its job was replaced or cleared", async () => {
  const world = scenarioWorld();
  const first = await start(world);
  await world.quiet();
  const before = await world.send("GET", `/scenarios/${first}`);
  await start(world, { underlying_units: 2000 });
  await world.quiet();
  await world.send("DELETE", path);
  const after = await world.send("GET", `/scenarios/${first}`);
  assert.equal(after.status, 200);
  assert.equal(after.text, before.text);
});

Deno.test("S002-15 DELETE of a workspace's scenario is 204, and again, and where there never was one", async () => {
  const world = scenarioWorld();
  await start(world);
  await world.quiet();
  for (const at of [path, path, "/workspaces/never/scenario"]) {
    const { status, text } = await world.send("DELETE", at);
    assert.deepEqual([status, text], [204, ""]);
  }
  assert.equal((await world.send("GET", path)).status, 404);
});

const failures: readonly (readonly [string, unknown, string])[] = [
  [
    "S002-18",
    new BacktestError("market_data_unavailable", "x", {
      details: { available_from: "2026-01-09T00:00:00Z" },
    }),
    "Data not available before 2026-01-09. Please set start date to 2026-01-09 or later.",
  ],
  ["S002-20", new BacktestError("market_data_unavailable", "No answer"), "Data source error: No answer"],
  ["S002-21", new TypeError("cannot read x of postgres://me:secret@db/x"), "cannot read x of postgres://***"],
  ["S002-21", "no error at all", "no error at all"],
];

for (const [promise, error, text] of failures) {
  Deno.test(`S002-17 ${promise} a scenario whose source throws ${String(error)} fails with its text, without a stack`, async () => {
    const world = scenarioWorld({ candles: { load: () => Promise.reject(error) } });
    const jobId = await start(world);
    await world.quiet();
    const status = await shown(world);
    assert.deepEqual([status.status, status.stage, status.stage_label, status.progress], [
      "failed",
      "failed",
      "Failed",
      0,
    ]);
    assert.equal(status.error, text);
    assert.equal(status.message, "Fetching prices for GLD...");
    assert.notEqual(status.completed_at, null);
    assert.equal(status.has_result, false);
    const run = await world.runStores.runs.get(jobId);
    assert.equal(run!.lastError, status.error);
    assert.equal(run!.lastErrorJson!.message, status.error);
    assert.ok(!/\bat .*\.ts:\d+|secret/.test(JSON.stringify(run)), "no stack, no password");
    const result = await world.send("GET", `/scenarios/${jobId}`);
    assert.deepEqual([result.status, result.json.error.details], [409, { job_id: jobId, status: "failed" }]);
    const logged = world.log.lines.find(({ event }) => event === "run_failed");
    assert.equal(logged!.fields.error, error);
  });
}

Deno.test("S002-22 S002-23 what was sent is what is stored and what the result is of", async () => {
  const world = scenarioWorld();
  const sent = {
    ...knownBody,
    symbol: "gld",
    underlying_units: 1200.5,
    loan_amount: 130_000.25,
    margin_call_ltv: 0.71,
    pricing: { volatility: 0.3, risk_free_rate: 0.01, dividend_yield: 0.02 },
    contract_size: 60,
    loan_rate_pct: 7.5,
    check: "low",
  };
  const jobId = await start(world, sent);
  await world.quiet();
  assert.deepEqual((await world.runStores.runs.get(jobId))!.requestJson, { ...sent, symbol: "GLD" });
  const { json } = await world.send("GET", `/scenarios/${jobId}`);
  const { template_results: results, ...head } = json;
  assert.deepEqual(
    [head.scenario_id, head.symbol, head.start_date, head.end_date, head.entry_spot, head.data_source],
    [jobId, "GLD", "2026-01-05", "2026-01-16", 200, "candles"],
  );
  assert.deepEqual([head.underlying_units, head.loan_amount, head.margin_call_ltv, head.data_cost_usd], [
    1200.5,
    130_000.25,
    0.71,
    0,
  ]);
  assert.equal(head.scenario_name, "GLD 2026-01-05 to 2026-01-16: Protective put at 95 %, 12 months");
  assert.equal(results[0].daily_path[0].option_contracts, 20);
  assert.deepEqual(Object.keys(results[0].daily_path[0]).slice(13), ["ltv_hedged_low", "ltv_unhedged_low"]);
});

Deno.test("S002-24 S002-25 S002-26 S002-28 the known answer over HTTP", async () => {
  const world = scenarioWorld();
  const jobId = await start(world);
  await world.quiet();
  const { status, json } = await world.send("GET", `/scenarios/${jobId}`);
  assert.equal(status, 200);
  const close = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${actual}, expected ${expected}`);
  close(json.total_hedge_cost, 8064.911228970288);
  close(json.end_value_hedged_net, 192143.1722063141);
  close(json.max_ltv_hedged, 0.6430585168637591);
  assert.deepEqual([json.margin_call_days_hedged, json.margin_call_days_unhedged], [0, 4]);
  assert.deepEqual([json.margin_threshold_breached_hedged, json.margin_threshold_breached_unhedged], [
    false,
    true,
  ]);
  const results = json.template_results as { template_slug: string; daily_path: Record<string, unknown>[] }[];
  assert.deepEqual(results.map(({ template_slug }) => template_slug), [
    "protective-put-95pct-12m",
    "unhedged",
  ]);
  assert.deepEqual(results[0]!.daily_path.map(({ date }) => date), knownDays);
  assert.deepEqual(Object.keys(results[0]!.daily_path[0]!), [
    ..."date spot_close spot_open spot_low spot_high underlying_value option_market_value".split(" "),
    ..."net_portfolio_value option_contracts ltv_hedged ltv_unhedged".split(" "),
    ..."margin_call_hedged margin_call_unhedged".split(" "),
  ]);
});

Deno.test("S002-29 reading a status changes nothing, however often", async () => {
  const { world, candles, jobId } = await waitingWorld();
  const before = await world.runStores.runs.get(jobId);
  const texts = new Set<string>();
  for (let i = 0; i < 20; i++) texts.add((await world.send("GET", path)).text);
  assert.equal(texts.size, 1);
  assert.deepEqual(await world.runStores.runs.get(jobId), before);
  candles.release(0);
  await world.quiet();
});
