import assert from "node:assert/strict";
import { apiWorld, type Sending } from "../helpers/api_world.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const jobs = "/backtests/jobs";

Deno.test("POST /backtests/jobs finds what is wrong in the documented order", async () => {
  const world = apiWorld();
  const strategy = { name: "Averages", template: requestBody().template };
  const foreign =
    (await world.send("POST", "/strategies", { body: strategy, user: strangerId })).json.strategy_id;
  const body: Record<string, unknown> = {
    ...requestBody({ top_k: 301, top_trades_n: 302, warmup_bars: "x", strategy_id: foreign }),
    time_range: { start: "2026-03-01T00:00:00Z", end: "2026-01-01T00:00:00Z" },
  };
  const seen: string[] = [];
  const refused = async (sending: Sending = {}) => {
    const { json } = await world.send("POST", jobs, { body, ...sending });
    const items: readonly Record<string, string>[] = json.error.details.errors ?? [];
    seen.push(items.map(({ path, code }) => `${path} ${code}`).join() || json.error.code);
  };
  for (let n = 0; n < 3; n++) await world.send("POST", jobs, { body: requestBody() });
  await refused({ user: null });
  await refused();
  body.warmup_bars = 5;
  await refused();
  delete body.template;
  await refused();
  body.time_range = requestBody().time_range;
  await refused();
  const { items } = (await world.send("GET", jobs)).json;
  for (const { job_id } of items) await world.send("POST", `${jobs}/${job_id}/cancel`);
  await refused();
  body.top_k = 300;
  await refused();
  body.top_trades_n = 2;
  await refused();
  const { instrument_id: _, ...template } = requestBody().template as Record<string, unknown>;
  delete body.strategy_id;
  body.template = { ...template, instrument_id: { market_id: 77, symbol: "X" } };
  await refused();
  assert.deepEqual(seen, [
    "unauthorized",
    "body.time_range value_error,body.warmup_bars int_type",
    "body.strategy_id mode_conflict,body.template mode_conflict",
    "body.time_range value_error",
    "body quota_exceeded",
    "body.top_k max_value",
    "body.top_trades_n max_value",
    "forbidden",
    "body.template.instrument_id.market_id unsupported",
  ]);
});
