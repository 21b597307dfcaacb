import assert from "node:assert/strict";
import { dailyCandles } from "../helpers/run_world.ts";
import { exampleBody, exampleCloses, exampleStartMs, runApi } from "../helpers/run_api.ts";

Deno.test("a request that cannot be run is refused by the member that is wrong", async () => {
  await using api = runApi();
  const sma = { indicator_id: "ma.sma", params: { window: 2 } };
  const cases: readonly (readonly [Record<string, unknown>, string, string?])[] = [
    [
      { indicators: [sma, { indicator_id: "trend.ichimoku" }] },
      "body.indicators.1.indicator_id",
      "look_ahead",
    ],
    [{ indicators: [{ indicator_id: "ma.moon" }] }, "body.indicators.0.indicator_id", "value_error"],
    [{ indicators: [{ ...sma, params: { window: -1 } }] }, "body.indicators.0.params.window"],
    [{ indicators: [{ ...sma, inputs: { source: "moon" } }] }, "body.indicators.0.inputs.source"],
    [{ indicators: Array(17).fill(sma) }, "body.indicators"],
    [{ lookback_bars: 501 }, "body.lookback_bars"],
    [{ decision_every: 0 }, "body.decision_every"],
    [{ decision_timeout_seconds: 86_401 }, "body.decision_timeout_seconds"],
    [{ agent_name: "  " }, "body.agent_name"],
    [{ metadata: { llm_max_output_tokens: 0 } }, "body.metadata.llm_max_output_tokens"],
    [{ metadata: { note: "x".repeat(4096) } }, "body.metadata"],
    [{ metadata: [] }, "body.metadata"],
    [{ metadata: JSON.parse('{"__proto__":1}') }, "body.metadata.__proto__"],
    [{ risk: { sl_enabled: true, sl_pct: null, tp_enabled: false, tp_pct: null } }, "body.risk.sl_pct"],
    [{ tools: [] }, "body.tools", "extra_forbidden"],
    [{ time_range: { start: "2026-01-12T00:00:00Z", end: "2026-01-06T00:00:00Z" } }, "body.time_range"],
  ];
  for (const [changes, path, code] of cases) {
    const { status, json, text } = await api.send("POST", "/backtests/runs", {
      body: { ...exampleBody, ...changes },
    });
    assert.equal(status, 422, text);
    const [item] = json.error.details.errors;
    assert.equal(item.path, path, text);
    if (code !== undefined) assert.equal(item.code, code, text);
  }
  const noFee = { ...exampleBody, execution: {} };
  const { json } = await api.send("POST", "/backtests/runs", { body: noFee });
  assert.equal(json.error.details.errors[0].path, "body.instrument_id.market_id");
  assert.deepEqual((await api.send("GET", "/backtests/runs")).json.items, []);
});

Deno.test("S003-45 a decision with more than it may have closes no step, and neither does one that is malformed", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  const good = { step_index: 0, action: "long" };
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ ...good, tool_calls: [{ name: "buy" }] }, "body.tool_calls"],
    [{ ...good, usage: { llm_calls: 1, tools: 1 } }, "body.usage.tools"],
    [{ ...good, usage: { input_tokens: -1 } }, "body.usage.input_tokens"],
    [{ ...good, action: "buy" }, "body.action"],
    [{ ...good, reason: "x".repeat(501) }, "body.reason"],
    [{ ...good, confidence: 1.1 }, "body.confidence"],
    [{ action: "long" }, "body.step_index"],
    [{ ...good, step_index: 0.5 }, "body.step_index"],
  ];
  for (const [body, path] of cases) {
    const { status, json, text } = await api.decide(run_id, body);
    assert.deepEqual([status, json.error.details.errors[0].path], [422, path], text);
  }
  const unkeyed = await api.send("POST", `/backtests/runs/${run_id}/decisions`, { body: good });
  assert.deepEqual([unkeyed.status, unkeyed.json.error.details.errors[0].path], [
    422,
    "header.Idempotency-Key",
  ]);
  assert.equal((await api.send("GET", `/backtests/runs/${run_id}`)).json.step_index, 0);
});

Deno.test("of two agents at one step one wins, and the other is told that it was decided", async () => {
  await using api = runApi();
  await using sibling = api.sibling();
  const { run_id } = await api.started();
  for (let step_index = 0; step_index < 6; step_index++) {
    const answers = await Promise.all([
      api.decide(run_id, { step_index, action: "long" }, `a-${step_index}`),
      sibling.decide(run_id, { step_index, action: "short" }, `b-${step_index}`),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const { details } = answers.find(({ status }) => status === 409)!.json.error;
    if (step_index < 5) assert.equal(details.outcome, "decided");
    else assert.deepEqual(details, { reason: "run_ended", state: "succeeded" });
  }
});

Deno.test("a side that may not be opened closes the other one, with a warning", async () => {
  await using api = runApi();
  const { run_id } = await api.started({ ...exampleBody, direction_mode: "long-only" });
  await api.decide(run_id, { step_index: 0, action: "long" });
  const { json } = await api.decide(run_id, { step_index: 1, action: "short" });
  assert.deepEqual(json.warnings, [
    "side_not_allowed: short is not allowed in long-only: it closes a long and opens nothing",
  ]);
  assert.deepEqual([json.fills.length, json.portfolio.position], [1, null]);
});

/** Puts little into each trade, so that a worthless price ruins nobody. */
const carefulBody = { ...exampleBody, sizing_mode: "fixed_quote" };

Deno.test("at a bar at which nothing can be traded holding works, and a decision that would have to trade closes nothing", async () => {
  const candles = dailyCandles([100, 104, 0, 98.5, 97, 101.25], exampleStartMs);
  await using api = runApi({ testCandles: candles });
  const { run_id } = await api.started(carefulBody);
  await api.decide(run_id, { step_index: 0, action: "long" });
  await api.decide(run_id, { step_index: 1, action: "hold" });
  for (const action of ["flat", "short"]) {
    const { status, json } = await api.decide(run_id, { step_index: 2, action });
    const [item] = json.error.details.errors;
    assert.deepEqual([status, item.path, item.code], [422, "body.action", "value_error"]);
    assert.match(item.message, /Cannot fill an order at bar 2: close 0/);
  }
  const held = await api.decide(run_id, { step_index: 2, action: "hold" });
  assert.deepEqual([held.status, held.json.fills], [200, []]);
  assert.equal((await api.decide(run_id, { step_index: 3, action: "flat" })).status, 200);
});

Deno.test("a position that cannot be closed at the end fails the run with the engine's words, whoever closed the last step", async () => {
  const candles = dailyCandles([100, 104, 103, 98.5, 97, 0], exampleStartMs);
  await using api = runApi({ testCandles: candles });
  const requireFailed = async (id: string) => {
    const { state, error } = (await api.send("GET", `/backtests/runs/${id}`)).json;
    assert.equal(state, "failed");
    assert.match(error.message, /Cannot fill an order at bar 5: close 0/);
  };
  const decided = await api.started(carefulBody);
  for (let step_index = 0; step_index < 5; step_index++) {
    await api.decide(decided.run_id, { step_index, action: "long" });
  }
  const last = await api.decide(decided.run_id, { step_index: 5, action: "hold" });
  assert.deepEqual([last.json.state, last.json.metrics], ["failed", null]);
  await requireFailed(decided.run_id);
  const held = await api.started(carefulBody);
  await api.decide(held.run_id, { step_index: 0, action: "long" });
  await api.clock.advance(5 * 60_000);
  await requireFailed(held.run_id);
});

Deno.test("a step is closed at the very moment of its deadline", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  await api.clock.advance(59_999);
  assert.equal((await api.decide(run_id, { step_index: 0, action: "long" })).status, 200);
  await api.clock.advance(60_000);
  const late = await api.decide(run_id, { step_index: 1, action: "flat" });
  assert.deepEqual(late.json.error.details, {
    next_step: 2,
    outcome: "timeout_hold",
    reason: "step_already_closed",
  });
  // the side before holds
  const { json } = await api.send("GET", `/backtests/runs/${run_id}/decisions`);
  assert.deepEqual(json.items.map((step: { source: string; side: string }) => [step.source, step.side]), [
    ["agent", "long"],
    ["timeout_hold", "long"],
  ]);
});

Deno.test("a run whose candles are others than those that it was begun with fails, and one whose source has gone on does not", async () => {
  const candles = dailyCandles(exampleCloses.slice(0, 4), exampleStartMs);
  await using api = runApi({ testCandles: candles });
  const { run_id, total_steps } = await api.started();
  assert.equal(total_steps, 4);
  await api.decide(run_id, { step_index: 0, action: "long" });
  candles.become(exampleCloses);
  await using later = api.sibling();
  assert.equal((await later.decide(run_id, { step_index: 1, action: "hold" })).status, 200);
  candles.become([100, 104, 103.5, 98.5]);
  await using changed = api.sibling();
  const refused = await changed.decide(run_id, { step_index: 2, action: "flat" });
  assert.deepEqual([refused.status, refused.json.error.details], [409, {
    reason: "run_ended",
    state: "failed",
  }]);
  const { error } = (await api.send("GET", `/backtests/runs/${run_id}`)).json;
  assert.deepEqual([error.code, error.details], ["market_data_unavailable", { reason: "candles_changed" }]);
});

Deno.test("S003-22 what decisions declare is summed up in the figures", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  let last;
  for (let step_index = 0; step_index < 6; step_index++) {
    const usage = step_index % 2 === 0 ? {} : { usage: { llm_calls: 1, input_tokens: 100, cost_usd: 0.25 } };
    last = (await api.decide(run_id, { step_index, action: "flat", ...usage })).json;
  }
  const { llm_calls, input_tokens, output_tokens, est_cost_usd } = last.metrics;
  assert.deepEqual([llm_calls, input_tokens, output_tokens, est_cost_usd], [3, 300, null, 0.75]);
  const { metrics } = (await api.send("GET", `/backtests/runs/${run_id}`)).json;
  assert.deepEqual(metrics, last.metrics);
});

Deno.test("a long poll ends with the step it waits for: by a decision, by a deadline, at its end, and when the process stops", async () => {
  const stopping = new AbortController();
  await using api = runApi({ api: { stopping: stopping.signal } });
  const { run_id } = await api.started();
  const asked = () => api.send("GET", `/backtests/runs/${run_id}/context?wait=20`);
  // time goes by until it is answered, however many turns that takes
  const stepOf = async (answer: ReturnType<typeof asked>) => {
    let over = false;
    const answered = answer.finally(() => void (over = true));
    while (!over) await api.clock.advance(500);
    return (await answered).json.step_index;
  };
  const startMs = api.clock.nowMs();
  const decided = asked();
  await api.decide(run_id, { step_index: 0, action: "flat" });
  assert.equal(await stepOf(decided), 1);
  assert.ok(api.clock.nowMs() - startMs < 20_000);
  assert.equal(await stepOf(asked()), 1);
  await api.clock.advance(25_000 - (api.clock.nowMs() - startMs - 20_000));
  assert.equal(await stepOf(asked()), 2);
  const stopped = asked();
  stopping.abort();
  assert.equal((await stopped).json.step_index, 2);
  const bad = await api.send("GET", `/backtests/runs/${run_id}/context?wait=31`);
  assert.equal(bad.json.error.details.errors[0].path, "query.wait");
});
