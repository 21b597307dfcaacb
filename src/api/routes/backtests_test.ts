import assert from "node:assert/strict";
import { type ApiWorld, apiWorld, type Sending } from "../../../tests/helpers/api_world.ts";
import { scriptedCompute } from "../../../tests/helpers/scripted_compute.ts";
import { until } from "../../../tests/helpers/until.ts";
import { requestBody } from "../../../tests/helpers/worker_harness.ts";
import { manualClock } from "../../../tests/memory/clock.ts";
import { wholeSeries } from "../../core/bars/mod.ts";
import { syncRunsWaitingMax, syncRunsWaitingPerUserMax } from "../../core/limits/mod.ts";
import type { ApiDeps } from "../deps.ts";

const strategyId = "00000000-0000-4000-8000-0000000000aa";
const score = (base: number, risk: number | null) => base * 10 + (risk ?? 0);

/** A world whose runs stop in their first batch until `go` is called. */
function held(changes: Partial<ApiDeps> = {}) {
  const gate = Promise.withResolvers<void>();
  const compute = scriptedCompute({ score, before: () => gate.promise });
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const syncRuns: { active: number; waiting: number }[] = [];
  const metrics = {
    requestAnswered() {},
    eventStreams() {},
    syncRuns: (runs: typeof syncRuns[0]) => void syncRuns.push(runs),
  };
  const world = apiWorld({ compute, clock, metrics, ...changes });
  return { ...world, compute, clock, go: () => gate.resolve(), runs: () => syncRuns.at(-1) };
}

const run = (world: Pick<ApiWorld, "send">, sending: Pick<Sending, "signal" | "user"> = {}) =>
  world.send("POST", "/backtests", { body: requestBody(), ...sending });

const userOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

Deno.test("POST /backtests answers ranked variants in the documented form", async () => {
  const { send, jobs } = apiWorld();
  const { status, json } = await send("POST", "/backtests", { body: requestBody() });
  assert.equal(status, 200);
  const { variants, ...head } = json;
  assert.match(head.grid_request_hash, /^[0-9a-f]{64}$/);
  assert.match(head.engine_params_hash, /^[0-9a-f]{64}$/);
  assert.deepEqual({ ...head, grid_request_hash: "", engine_params_hash: "" }, {
    schema_version: 1,
    mode: "template",
    strategy_id: null,
    instrument_id: { market_id: 1, symbol: "BTCUSDT" },
    timeframe: "1d",
    // what the longest lookback needs, which is more than was sent
    warmup_bars: 7,
    top_k: 5,
    preselect: 4,
    top_trades_n: 2,
    spec_hash: null,
    grid_request_hash: "",
    engine_params_hash: "",
    data: {
      first_bar: "2026-01-10T00:00:00Z",
      last_bar: "2026-02-27T00:00:00Z",
      bars: 49,
      missing_bars: 0,
      gaps: { count: 0, longest: 0 },
      partial_last_bar: false,
    },
    warnings: [],
  });
  assert.equal(variants.length, 5);
  const returns = variants.map((variant: { total_return_pct: number }) => variant.total_return_pct);
  assert.deepEqual(returns, returns.toSorted((a: number, b: number) => b - a));
  assert.deepEqual(Object.keys(variants[0]), [
    "variant_index",
    "variant_key",
    "indicator_variant_key",
    "total_return_pct",
    "metrics",
    "report",
    "payload",
  ]);
  assert.equal(variants[0].report, null);
  assert.deepEqual(Object.keys(variants[0].payload), [
    "indicator_selections",
    "signal_params",
    "risk_params",
    "execution_params",
    "direction_mode",
    "sizing_mode",
  ]);
  assert.equal(
    (await jobs.listForUser({ userId: "11111111-1111-4111-8111-111111111111", limit: 1 })).items.length,
    0,
  );
});

Deno.test("S000-44 POST /backtests gives the same bytes with jobs enabled and disabled", async () => {
  const body = requestBody();
  const enabled = await apiWorld().send("POST", "/backtests", { body });
  const disabled = await apiWorld({ jobs: null }).send("POST", "/backtests", { body });
  assert.equal(enabled.status, 200);
  assert.equal(enabled.text, disabled.text);
});

Deno.test("POST /backtests refuses both modes, none, and overrides without a strategy", async () => {
  const { send } = apiWorld();
  const item = { code: "mode_conflict", message: "Provide exactly one of strategy_id or template" };
  const both = { path: "body.strategy_id", ...item };
  const conflict = {
    code: "validation_error",
    message: "POST /backtests requires exactly one mode: strategy_id xor template",
    details: { errors: [both, { path: "body.template", ...item }] },
  };
  for (const changes of [{ strategy_id: strategyId }, { template: null }]) {
    const { status, json } = await send("POST", "/backtests", { body: requestBody(changes) });
    assert.equal(status, 422);
    assert.deepEqual(json.error, conflict);
  }
  const { json } = await send("POST", "/backtests", {
    body: requestBody({ overrides: { sizing_mode: "fixed_quote" } }),
  });
  assert.deepEqual(json.error, {
    code: "validation_error",
    message: "POST /backtests overrides are allowed only in saved mode",
    details: {
      errors: [{
        path: "body.overrides",
        code: "mode_conflict",
        message: "overrides are allowed only with strategy_id",
      }],
    },
  });
});

Deno.test("POST /backtests tells a missing strategy from a foreign one", async () => {
  const { send, deps } = apiWorld();
  const body = requestBody({ template: undefined, strategy_id: strategyId });
  const missing = await send("POST", "/backtests", { body });
  assert.equal(missing.status, 404);
  assert.deepEqual(missing.json.error, {
    code: "not_found",
    message: "Backtest strategy was not found",
    details: { strategy_id: strategyId },
  });
  const owner = "22222222-2222-4222-8222-222222222222";
  const spec = requestBody().template as Record<string, unknown>;
  await deps.jobs!.strategies.create({ strategyId, userId: owner, name: "Mine", spec }, { max: 1 });
  const foreign = await send("POST", "/backtests", { body });
  assert.equal(foreign.status, 403);
  assert.equal(foreign.json.error.message, "Backtest strategy does not belong to current user");
  const own = await send("POST", "/backtests", { body, user: owner });
  assert.equal(own.status, 200);
  assert.equal(own.json.mode, "saved");
  assert.equal(own.json.strategy_id, strategyId);
  assert.match(own.json.spec_hash, /^[0-9a-f]{64}$/);
  assert.equal(own.json.grid_request_hash, null);
});

Deno.test("POST /backtests takes half of the guard budgets", async () => {
  const { deps } = apiWorld();
  const limited = (maxVariantsPerCompute: number) =>
    apiWorld({
      config: {
        ...deps.config,
        guards: { ...deps.config.guards, max_variants_per_compute: maxVariantsPerCompute },
      },
    });
  // 6 base variants, and 4 of them with 4 risk cells each
  assert.equal((await run(limited(32))).status, 200);
  const { status, json } = await run(limited(31));
  assert.equal(status, 422);
  assert.deepEqual(json.error, {
    code: "validation_error",
    message:
      "Backtest variants guard exceeded: 16 variants, 15 are allowed; axes: preselect 4, sl_pct 2, tp_pct 2",
    details: {
      error: "max_variants_per_compute_exceeded",
      max_variants_per_compute: 15,
      stage: "stage_b",
      total_variants: 16,
    },
  });
});

Deno.test("POST /backtests ends at its deadline", async () => {
  const world = held();
  const answer = run(world);
  await until(() => world.compute.calls.length > 0);
  await world.clock.advance(world.deps.config.sync.sync_deadline_seconds * 1000);
  world.go();
  const { status, headers, json } = await answer;
  assert.equal(status, 503);
  assert.equal(headers.get("retry-after"), "5");
  assert.equal(json.error.code, "deadline_exceeded");
  assert.equal(
    json.error.message,
    "Backtest run cancelled cooperatively (reason=deadline_exceeded, stage=stage_a)",
  );
  assert.deepEqual(json.error.details, { reason: "deadline_exceeded", stage: "stage_a" });
});

Deno.test("POST /backtests ends when its client goes away, before another batch", async () => {
  const world = held();
  const client = new AbortController();
  const answer = run(world, { signal: client.signal });
  await until(() => world.compute.calls.length > 0);
  const before = world.compute.calls.length;
  client.abort();
  world.go();
  const { json } = await answer;
  assert.equal(json.error.details.reason, "client_disconnected");
  assert.equal(world.compute.calls.length, before);
});

Deno.test("POST /backtests computes so many runs at a time, lets some wait and refuses the rest", async () => {
  const world = held();
  const max = world.deps.config.api.sync_runs_max;
  const gone = new AbortController();
  const answers = Array.from(
    { length: max + syncRunsWaitingMax - 1 },
    (_, i) => run(world, { user: userOf(i) }),
  );
  await until(() => world.runs()?.waiting === syncRunsWaitingMax - 1);
  const leaver = run(world, { signal: gone.signal, user: userOf(99) });
  await until(() => world.runs()?.waiting === syncRunsWaitingMax);
  const refused = await run(world, { user: userOf(98) });
  assert.equal(refused.status, 503);
  assert.equal(refused.json.error.code, "overloaded");
  assert.equal(refused.headers.get("retry-after"), "5");
  gone.abort();
  assert.equal((await leaver).json.error.details.reason, "client_disconnected");
  world.go();
  for (const { status } of await Promise.all(answers)) assert.equal(status, 200);
  assert.deepEqual(world.runs(), { active: 0, waiting: 0 });
});

Deno.test("POST /backtests lets nobody fill the queue, and gives users their turns one after the other", async () => {
  const world = held();
  const order: string[] = [];
  const send = (user: string) => run(world, { user }).then((answer) => (order.push(user), answer));
  const max = world.deps.config.api.sync_runs_max;
  const [greedy, modest] = [userOf(1), userOf(2)];
  const running = Array.from({ length: max }, () => send(greedy));
  const waiting = Array.from({ length: syncRunsWaitingPerUserMax }, () => send(greedy));
  await until(() => world.runs()?.waiting === syncRunsWaitingPerUserMax);
  const refused = await run(world, { user: greedy });
  assert.equal(refused.status, 503);
  assert.equal(
    refused.json.error.message,
    `Cannot start a backtest: ${syncRunsWaitingPerUserMax} of yours are waiting already; use POST /backtests/jobs or come back`,
  );
  const late = send(modest);
  await until(() => world.runs()?.waiting === syncRunsWaitingPerUserMax + 1);
  world.go();
  await Promise.all([...running, ...waiting, late]);
  // he came last, but had no turn yet
  assert.ok(order.indexOf(modest) < order.length - max, order.join());
});

Deno.test("POST /backtests is cancelled when the process must end", async () => {
  const stop = new AbortController();
  const world = held({ stop: stop.signal });
  const answer = run(world);
  await until(() => world.compute.calls.length > 0);
  stop.abort();
  world.go();
  const { status, headers, json } = await answer;
  assert.equal(status, 503);
  assert.equal(headers.get("retry-after"), "5");
  assert.equal(json.error.code, "shutting_down");
  assert.deepEqual(json.error.details, { reason: "shutting_down", stage: "stage_a" });
});

Deno.test("POST /backtests without candles is the request's fault", async () => {
  const { send } = apiWorld({
    candles: {
      load: () => Promise.resolve(wholeSeries({ candles: noCandles(), timeframeMs: 86_400_000 })),
    },
  });
  const { status, json } = await send("POST", "/backtests", { body: requestBody() });
  assert.equal(status, 422);
  assert.equal(json.error.code, "no_candles");
});

function noCandles() {
  const empty = () => new Float32Array(0);
  return {
    tsOpenMs: new Float64Array(0),
    open: empty(),
    high: empty(),
    low: empty(),
    close: empty(),
    volume: empty(),
  };
}
