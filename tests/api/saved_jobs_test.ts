import assert from "node:assert/strict";
import { leaseOf, reportedVariant } from "../contract/job_stores.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const missingId = "99999999-9999-4999-8999-999999999999";
const { template, ...frame } = requestBody();
const overrides = { direction_mode: "short-only", execution: { fee_pct: 0.5 } };

async function save(world: ApiWorld, user = userId) {
  const { status, json } = await world.send("POST", "/strategies", {
    body: { name: "Averages", template },
    user,
  });
  assert.equal(status, 201);
  return json as { readonly strategy_id: string; readonly spec_hash: string; readonly template: object };
}

Deno.test("POST /backtests/jobs with strategy_id and overrides keeps a copy that outlives the strategy", async () => {
  const world = apiWorld();
  const strategy = await save(world);
  const { strategy_id } = strategy;
  const created = await world.send("POST", "/backtests/jobs", { body: { ...frame, strategy_id, overrides } });
  assert.equal(created.status, 201, created.text);
  const { job_id, mode, spec_hash } = created.json;
  assert.deepEqual([mode, spec_hash], ["saved", strategy.spec_hash]);
  const stored = await world.jobs.get(job_id);
  assert.deepEqual(stored!.specPayloadJson, strategy.template);
  assert.equal(stored!.requestJson.strategy_id, strategy_id);
  const kept = stored!.requestJson.overrides as typeof overrides;
  assert.deepEqual([kept.direction_mode, kept.execution.fee_pct], ["short-only", 0.5]);

  const lease = leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
  await world.queue.succeed(lease, [{ ...reportedVariant(1), trades: [] }]);
  const paths = ["", "/top", "/top.csv", "/rows/1/equity.csv"].map((rest) =>
    `/backtests/jobs/${job_id}${rest}`
  );
  const read = () => Promise.all(paths.map(async (path) => (await world.send("GET", path)).text));
  const before = await read();
  assert.equal((await world.send("DELETE", `/strategies/${strategy_id}`)).status, 204);
  assert.deepEqual(await read(), before);
  assert.deepEqual(await world.jobs.get(job_id).then((job) => job!.specPayloadJson), strategy.template);
  const { report_context } = JSON.parse(before[1]!);
  assert.deepEqual([report_context.strategy_id, report_context.template], [strategy_id, null]);
  assert.equal(report_context.overrides.direction_mode, "short-only");
});

Deno.test("a strategy cannot be changed, so no job can be changed through it", async () => {
  const world = apiWorld();
  const { strategy_id } = await save(world);
  for (const method of ["PUT", "PATCH", "POST"]) {
    const { status, headers } = await world.send(method, `/strategies/${strategy_id}`, {
      body: { name: "Other", template },
    });
    assert.deepEqual([status, headers.get("allow")], [405, "DELETE, GET, HEAD"], method);
  }
});

Deno.test("S004-21 POST /backtests/jobs with a foreign strategy is 403, with a missing or deleted one 404, and stores nothing", async () => {
  const world = apiWorld();
  const foreign = await save(world, strangerId);
  const deleted = await save(world);
  await world.send("DELETE", `/strategies/${deleted.strategy_id}`);
  const cases = [
    [foreign.strategy_id, 403, "forbidden", "Backtest strategy does not belong to current user"],
    [deleted.strategy_id, 404, "not_found", "Backtest strategy was not found"],
    [missingId, 404, "not_found", "Backtest strategy was not found"],
  ] as const;
  for (const [strategy_id, status, code, message] of cases) {
    for (const path of ["/backtests/jobs", "/backtests"]) {
      const answer = await world.send("POST", path, { body: { ...frame, strategy_id } });
      assert.equal(answer.status, status, path);
      assert.deepEqual(answer.json.error, { code, message, details: { strategy_id } });
    }
  }
  const malformed = await world.send("POST", "/backtests/jobs", { body: { ...frame, strategy_id: "moon" } });
  assert.deepEqual(
    malformed.json.error.details.errors.map(({ path, code }: Record<string, string>) => [path, code]),
    [["body.strategy_id", "uuid_parsing"]],
  );
  assert.deepEqual((await world.send("GET", "/backtests/jobs")).json.items, []);
});
