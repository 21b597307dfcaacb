import assert from "node:assert/strict";
import { dailyCandles } from "../helpers/run_world.ts";
import { exampleBody, exampleCloses, exampleStartMs, runApi } from "../helpers/run_api.ts";

const stranger = "22222222-2222-4222-8222-222222222222";
const missing = "99999999-9999-4999-8999-999999999999";

Deno.test("S003-21 S003-24 a run has the same members while it runs, after it has ended, and in another process", async () => {
  await using api = runApi();
  const created = (await api.send("POST", "/backtests/runs", { body: exampleBody })).json;
  await api.runWorld.loader.idle();
  const path = `/backtests/runs/${created.run_id}`;
  const waiting = (await api.send("GET", path)).json;
  await using sibling = api.sibling();
  assert.deepEqual((await sibling.send("GET", path)).json, waiting);
  const context = await api.send("GET", `${path}/context`);
  assert.equal((await sibling.send("GET", `${path}/context`)).text, context.text);
  for (let step_index = 0; step_index < 6; step_index++) {
    const from = step_index % 2 === 0 ? sibling : api;
    assert.equal((await from.decide(created.run_id, { step_index, action: "long" })).status, 200);
  }
  const ended = (await sibling.send("GET", path)).json;
  const shut = (await sibling.send("GET", `${path}/context`)).json;
  assert.deepEqual(Object.keys(shut), Object.keys(context.json));
  for (const run of [waiting, ended]) assert.deepEqual(Object.keys(run), Object.keys(created));
  assert.deepEqual([ended.state, ended.step_index, ended.total_steps], ["succeeded", 6, 6]);
  const result = await api.send("GET", `${path}/result`);
  assert.equal(result.status, 200);
  // baselines may come between two reads
  assert.deepEqual((await sibling.send("GET", `${path}/result`)).json.metrics, result.json.metrics);
  assert.equal(result.json.decisions.length, 6);
});

Deno.test("S003-23 S003-24 how far it came survives a failure and a cancellation", async () => {
  await using api = runApi({ timeoutHoldsMax: 2 });
  const failing = await api.started();
  await api.decide(failing.run_id, { step_index: 0, action: "flat" });
  await api.clock.advance(120_000);
  const failed = (await api.send("GET", `/backtests/runs/${failing.run_id}`)).json;
  assert.deepEqual([failed.state, failed.step_index, failed.total_steps, failed.timeout_holds], [
    "failed",
    3,
    6,
    2,
  ]);
  assert.deepEqual(failed.error.details, { reason: "abandoned" });
  const cancelling = await api.started();
  await api.decide(cancelling.run_id, { step_index: 0, action: "flat" });
  const cancelled = (await api.send("POST", `/backtests/runs/${cancelling.run_id}/cancel`)).json;
  assert.deepEqual([cancelled.state, cancelled.step_index, cancelled.total_steps], ["cancelled", 1, 6]);
  assert.equal((await api.send("GET", `/backtests/runs/${cancelling.run_id}/result`)).status, 409);
});

Deno.test("S003-25 a run of somebody else's and one that there is not are the same bytes", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  const decision = { body: { step_index: 0, action: "flat" }, headers: { "idempotency-key": "k" } };
  const requests = [
    ["GET", "", {}],
    ["GET", "/context", {}],
    ["GET", "/decisions", {}],
    ["GET", "/result", {}],
    ["GET", "/events", {}],
    ["POST", "/cancel", {}],
    ["POST", "/decisions", decision],
  ] as const;
  for (const [method, path, sending] of requests) {
    const foreign = await api.send(method, `/backtests/runs/${run_id}${path}`, {
      ...sending,
      user: stranger,
    });
    const unknown = await api.send(method, `/backtests/runs/${missing}${path}`, sending);
    assert.equal(foreign.status, 404);
    assert.equal(foreign.text, unknown.text);
    assert.equal(
      foreign.text,
      '{"error":{"code":"not_found","message":"Run was not found","details":{}}}',
    );
  }
  const none = await api.send("GET", "/backtests/runs/moon");
  assert.deepEqual([none.status, none.json.error.details.errors[0].code], [422, "uuid_parsing"]);
});

Deno.test("S003-36 the public list has what was listed, without figures, and needs nobody to sign in", async () => {
  await using api = runApi();
  const { run_id } = await api.started({ ...exampleBody, listed: true, metadata: { note: null } });
  await api.started();
  const { status, json } = await api.send("GET", "/backtests/runs/listed", { user: null });
  assert.equal(status, 200);
  assert.deepEqual(json.items.map((run: { run_id: string }) => run.run_id), [run_id]);
  assert.deepEqual(json.items[0].metadata, { note: null });
  assert.ok(!("metrics" in json.items[0]) && !("error" in json.items[0]));
  assert.equal((await api.send("GET", `/backtests/runs/${run_id}`, { user: null })).status, 401);
});

Deno.test("S003-37 S003-44 a session tag filters and proves nothing; a malformed one is refused everywhere", async () => {
  await using api = runApi();
  const headers = { "x-session-id": "s-1" };
  const { run_id } = (await api.send("POST", "/backtests/runs", { body: exampleBody, headers })).json;
  await api.runWorld.loader.idle();
  await api.started();
  const ids = async (query: string, user?: string) =>
    (await api.send("GET", `/backtests/runs${query}`, user ? { user } : {})).json.items
      .map((run: { run_id: string }) => run.run_id);
  assert.deepEqual(await ids("?session=s-1"), [run_id]);
  assert.deepEqual(await ids("?session=s-1", stranger), []);
  assert.equal((await ids("")).length, 2);
  const foreign = { user: stranger, headers };
  assert.equal((await api.send("GET", `/backtests/runs/${run_id}`, foreign)).status, 404);
  for (const bad of ["a b", "x".repeat(65), "é"]) {
    for (const path of ["", `/${run_id}`, `/${run_id}/context`, "/latest/metrics", "/compare?run_ids=a,b"]) {
      const { status, json } = await api.send("GET", `/backtests/runs${path}`, {
        headers: { "x-session-id": bad },
      });
      assert.equal(status, path.includes("compare") ? status : 400);
      if (status === 400) assert.equal(json.error.code, "malformed_request");
    }
  }
});

Deno.test("S003-38 the latest figures are those of the agent of that name, Agent unless another is named", async () => {
  await using api = runApi();
  const play = async (agent_name: string, action: string) => {
    const { run_id } = await api.started({ ...exampleBody, agent_name });
    for (let step_index = 0; step_index < 6; step_index++) await api.decide(run_id, { step_index, action });
    await api.clock.advance(1000);
    return run_id;
  };
  assert.equal((await api.send("GET", "/backtests/runs/latest/metrics")).status, 404);
  await play("Agent", "flat");
  const newest = await play("Agent", "long");
  const other = await play("Other", "short");
  const latest = async (query = "") => (await api.send("GET", `/backtests/runs/latest/metrics${query}`)).json;
  assert.equal((await latest()).run_id, newest);
  assert.equal((await latest("?agent_name=Other")).run_id, other);
  assert.equal((await latest()).metrics.final_equity, 10094.765179910046);
});

Deno.test("S003-31 metadata come back as they were sent, through status, lists and events", async () => {
  await using api = runApi();
  const metadata = { llm_max_output_tokens: 1024, note: null, deep: { list: [1, "é"] } };
  const { run_id } = await api.started({ ...exampleBody, metadata, listed: true });
  await api.send("POST", `/backtests/runs/${run_id}/cancel`);
  const path = `/backtests/runs/${run_id}`;
  const event = (await api.send("GET", `${path}/events`)).text;
  const found = [
    (await api.send("GET", path)).json,
    (await api.send("GET", "/backtests/runs")).json.items[0],
    (await api.send("GET", "/backtests/runs/listed")).json.items[0],
    JSON.parse(/^data: (.*)$/m.exec(event)![1]!),
  ];
  for (const run of found) assert.deepEqual(run.metadata, metadata);
});

Deno.test("a decision for a step that is closed, or not open, is refused, and says which one is", async () => {
  await using api = runApi();
  const { run_id } = await api.started();
  await api.decide(run_id, { step_index: 0, action: "long" }, "first");
  await api.clock.advance(60_000);
  const details = async (step_index: number, key?: string, action = "flat") => {
    const { status, json } = await api.decide(run_id, { step_index, action }, key);
    assert.equal(status, 409);
    return json.error.details;
  };
  assert.deepEqual(await details(0), { next_step: 2, outcome: "decided", reason: "step_already_closed" });
  assert.deepEqual(await details(1), {
    next_step: 2,
    outcome: "timeout_hold",
    reason: "step_already_closed",
  });
  assert.deepEqual(await details(3), { next_step: 2, reason: "step_not_open" });
  assert.deepEqual(await details(0, "first", "short"), { reason: "key_reused", step_index: 0 });
  // what was refused has closed nothing
  assert.equal((await api.send("GET", `/backtests/runs/${run_id}`)).json.step_index, 2);
});

Deno.test("while a run loads its decisions are refused for a second, and its context is empty", async () => {
  const gate = Promise.withResolvers<void>();
  const candles = dailyCandles(exampleCloses, exampleStartMs);
  candles.gate(gate.promise);
  await using api = runApi({ testCandles: candles });
  const { run_id, phase } = (await api.send("POST", "/backtests/runs", { body: exampleBody })).json;
  assert.equal(phase, "loading");
  const early = await api.decide(run_id, { step_index: 0, action: "flat" });
  assert.deepEqual([early.status, early.json.error.details, early.headers.get("retry-after")], [
    409,
    { reason: "loading" },
    "1",
  ]);
  const { bars, portfolio, recent_trades } =
    (await api.send("GET", `/backtests/runs/${run_id}/context`)).json;
  assert.deepEqual([bars, portfolio, recent_trades], [null, null, []]);
  gate.resolve();
  await api.runWorld.loader.idle();
  assert.equal((await api.send("GET", `/backtests/runs/${run_id}`)).json.phase, "waiting_decision");
});

Deno.test("S003-16 a run that is cancelled while it loads stays cancelled, and frees its slot", async () => {
  const gate = Promise.withResolvers<void>();
  const candles = dailyCandles(exampleCloses, exampleStartMs);
  candles.gate(gate.promise);
  await using api = runApi({ testCandles: candles });
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) {
    ids.push((await api.send("POST", "/backtests/runs", { body: exampleBody })).json.run_id);
  }
  const full = await api.send("POST", "/backtests/runs", { body: exampleBody });
  assert.deepEqual([full.status, full.json.error.details.errors[0].code], [422, "quota_exceeded"]);
  assert.equal((await api.send("POST", `/backtests/runs/${ids[0]}/cancel`)).json.state, "cancelled");
  assert.equal((await api.send("POST", "/backtests/runs", { body: exampleBody })).status, 201);
  gate.resolve();
  await api.runWorld.loader.idle();
  assert.equal((await api.send("GET", `/backtests/runs/${ids[0]}`)).json.state, "cancelled");
  assert.equal(api.runWorld.holds.runIds.size, 0);
});

Deno.test("S003-04 creating counts a run that is over by its deadlines as over", async () => {
  await using api = runApi();
  for (let n = 0; n < 3; n++) await api.started();
  assert.equal((await api.send("POST", "/backtests/runs", { body: exampleBody })).status, 422);
  await api.clock.advance(6 * 60_000);
  assert.equal((await api.send("POST", "/backtests/runs", { body: exampleBody })).status, 201);
  const { items } = (await api.send("GET", "/backtests/runs?state=succeeded")).json;
  assert.equal(items.length, 3);
});

Deno.test("S003-20 the same creation under a key is the same run, and another one a conflict", async () => {
  await using api = runApi();
  const headers = { "idempotency-key": "k" };
  const create = (body: object) => api.send("POST", "/backtests/runs", { body, headers });
  const first = await create(exampleBody);
  const again = await create(exampleBody);
  assert.deepEqual([first.status, again.status, again.json.run_id], [201, 200, first.json.run_id]);
  const other = await create({ ...exampleBody, decision_every: 2 });
  assert.deepEqual([other.status, other.json.error.details.run_id], [409, first.json.run_id]);
  await api.runWorld.loader.idle();
});

Deno.test("S003-28 S003-30 what goes wrong while a run loads fails that run, also what is no Error, and nothing else", async () => {
  const candles = dailyCandles(exampleCloses, exampleStartMs);
  await using api = runApi({ testCandles: candles });
  for (
    const [thrown, code, message] of [
      ["just a text", "backtest_job_runner_failed", "just a text"],
      [undefined, "backtest_job_runner_failed", "undefined"],
      [new Error("password=secret"), "backtest_job_runner_failed", "password=***"],
    ] as const
  ) {
    candles.fail(thrown === undefined ? { toString: () => "undefined" } : thrown);
    const run = await api.started();
    assert.equal(run.state, "failed");
    assert.deepEqual([run.error?.code, run.error?.message], [code, message]);
    assert.deepEqual(run.error?.details, {});
  }
  candles.fail(null);
  assert.equal((await api.started()).phase, "waiting_decision");
});

Deno.test("a run without bars, or with more steps than are allowed, fails while it loads, and says how many", async () => {
  await using api = runApi({ stepsMax: 5 });
  const long = await api.started();
  assert.match(long.error!.message, /^.*6 bars make 6 steps, at most 5 are allowed/);
  const fewer = await api.started({ ...exampleBody, decision_every: 2 });
  assert.deepEqual([fewer.total_steps, fewer.phase], [3, "waiting_decision"]);
  const range = { start: "2026-01-06T01:00:00Z", end: "2026-01-06T02:00:00Z" };
  const empty = await api.started({ ...exampleBody, time_range: range });
  assert.match(empty.error!.message, /no bar of 1d closes from/);
});
