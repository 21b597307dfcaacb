import assert from "node:assert/strict";
import { backtestAnswerSchema } from "../../src/answers/backtest.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { declaredAnswers, requireExact } from "../helpers/declared_answers.ts";
import { seed } from "../helpers/request_world.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const jobs = "/backtests/jobs";

Deno.test("14 every answer is declared to the last member: runs and jobs of every kind, lists, events, refusals", async () => {
  const { send, ...world } = apiWorld();
  const { finishedJobId, queuedJobId, strategyId } = await seed({ send, ...world });
  const { template: _, ...frame } = requestBody();
  const runs: readonly Record<string, unknown>[] = [
    {},
    { preselect: "all", fold_equal: true },
    { ranking: { primary_metric: "profit_factor", secondary_metric: "max_drawdown_pct" } },
    { template: undefined, strategy_id: strategyId },
  ];
  for (const changes of runs) {
    const { json, status } = await send("POST", "/backtests", { body: requestBody(changes) });
    assert.equal(status, 200);
    assert.equal("missed_by_default_preselect" in json, changes.preselect === "all");
    assert.equal("same_as" in json.variants[0], changes.fold_equal === true);
  }
  for (const id of [finishedJobId, queuedJobId]) {
    for (const path of ["", "/top", "/heatmap", "/rows/1/trades.csv"]) {
      await send("GET", `${jobs}/${id}${path}`);
    }
  }
  const events = await send("GET", `${jobs}/${finishedJobId}/events`);
  assert.match(events.text, /^data: \{"job_id"/m);
  const paths = [
    jobs,
    "/strategies",
    `/strategies/${strategyId}`,
    "/indicators",
    "/backtests/runtime-defaults",
  ];
  for (const path of [...paths, "/openapi.json", "/healthz", "/readyz"]) {
    assert.equal((await send("GET", path)).status, 200, path);
  }
  assert.equal((await send("POST", "/backtests", { body: frame })).status, 422);
  assert.equal((await send("POST", `${jobs}/${queuedJobId}/cancel`)).status, 200);
});

Deno.test("14 a member that is sent and not declared is found, at any depth, and so is a declared one that is missing", async () => {
  const { send, deps } = apiWorld();
  const requireDeclared = declaredAnswers(deps);
  const { text, json } = await send("POST", "/backtests", { body: requestBody({ preselect: "all" }) });
  const given = { method: "POST", path: "/backtests", status: 200, contentType: "application/json" };
  requireDeclared({ ...given, text });
  json.variants[0].metrics.more = 1;
  assert.throws(() => requireDeclared({ ...given, text: JSON.stringify(json) }), /more: 1/);
  delete json.variants[0].metrics;
  assert.throws(() => requireDeclared({ ...given, text: JSON.stringify(json) }), /metrics/);
  const older = backtestAnswerSchema.omit({ missed_by_default_preselect: true });
  assert.throws(() => requireExact(older, JSON.parse(text)), /missed_by_default_preselect/);
  assert.throws(
    () => requireDeclared({ ...given, path: "/elsewhere", text: "{}" }),
    /no endpoint declares it/,
  );
});
