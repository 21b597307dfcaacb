import assert from "node:assert/strict";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const jobs = "/backtests/jobs";

const limited = (changes: Partial<ApiWorld["deps"]["config"]["guards"]>): ApiWorld => {
  const { config } = apiWorld().deps;
  return apiWorld({ config: { ...config, guards: { ...config.guards, ...changes } } });
};

Deno.test("fixed item: variants guard exceeded", async () => {
  const template = requestBody().template as { readonly indicator_grids: readonly object[] };
  const [grid] = template.indicator_grids;
  const two = { ...template, indicator_grids: [grid, { ...grid, indicator_id: "ma.ema" }] };
  // 6 base variants, and 4 of them with 4 risk cells each; two indicators have 6 * 6
  for (const [stage, total, sending] of [["stage_b", 16, {}], ["stage_a", 36, { template: two }]] as const) {
    const world = limited({ max_variants_per_compute: total - 1 });
    const { status, text } = await world.send("POST", jobs, { body: requestBody(sending) });
    const details = {
      error: "max_variants_per_compute_exceeded",
      max_variants_per_compute: total - 1,
      stage,
      total_variants: total,
    };
    const axes = stage === "stage_b" ? "preselect 4, sl_pct 2, tp_pct 2" : "ma.ema.window 6, ma.sma.window 6";
    const message = `Backtest variants guard exceeded: ${total} variants, ${
      total - 1
    } are allowed; axes: ${axes}`;
    assert.deepEqual(
      [status, text],
      [422, JSON.stringify({ error: { code: "validation_error", message, details } })],
    );
    assert.deepEqual((await world.send("GET", jobs)).json.items, []);
    const enough = limited({ max_variants_per_compute: total });
    assert.equal((await enough.send("POST", jobs, { body: requestBody(sending) })).status, 201);
  }
});

Deno.test("fixed item: memory guard exceeded", async () => {
  const world = limited({ max_compute_bytes_total: 2000 });
  const { status, json } = await world.send("POST", "/backtests", { body: requestBody() });
  assert.equal(status, 422);
  const { estimated_memory_bytes: bytes, ...details } = json.error.details;
  // 48 bars that close inside the range and 7 of warm-up, 28 bytes each, six series of 4 bytes, and the reserve
  assert.equal(bytes, 55 * (28 + 6 * 4) + 64 * 1024 * 1024);
  assert.deepEqual({ ...json.error, details }, {
    code: "validation_error",
    message: `Backtest memory guard exceeded: ${bytes} bytes, 1000 are allowed; axes: ma.sma.window 6`,
    details: { error: "max_compute_bytes_total_exceeded", max_compute_bytes_total: 1000, stage: "stage_a" },
  });
});
