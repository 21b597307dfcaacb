import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { harness, requestBody } from "../../../tests/helpers/worker_harness.ts";
import type { Compute } from "../../ports/compute.ts";
import { createInProcessCompute } from "../../adapters/wasm/in_process_compute.ts";
import { runJob } from "../../worker/run_job.ts";

const path = "/backtests/variant-report";

function reportBody(payload: unknown, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const { top_k: _, preselect: __, top_trades_n: ___, ...frame } = requestBody();
  return { ...frame, variant: payload, ...changes };
}

/** A request with signal parameters, so that a variant has all its parts. */
function rsiRequest() {
  const { template } = requestBody() as { template: Record<string, unknown> };
  return requestBody({
    template: {
      ...template,
      indicator_grids: [{
        indicator_id: "momentum.rsi",
        params: { window: { values: [3, 5] } },
        source: { values: ["close"] },
      }],
      signal_grids: {
        "momentum.rsi": { long_threshold: { values: [35, 45] }, short_threshold: { values: [65] } },
      },
    },
  });
}

/** A request in rules, whose parameters are numbers, prices and one that no rule depends on. */
function rulesRequest() {
  const { template: { indicator_grids: _, ...template } } = requestBody() as {
    template: Record<string, unknown>;
  };
  return requestBody({
    template: {
      ...template,
      rules: {
        params: {
          fast: { values: [2, 3] },
          price: { values: ["close", "hlc3"] },
          slow: { values: [5, 8] },
          spare: { values: [0.5] },
        },
        where: ["fast * 2 < slow"],
        long: {
          enter: "crosses_above(ema(price, fast), sma(price, slow))",
          exit: "price < sma(price, slow)",
        },
        short: { enter: 'price < sma(price, slow) and on_timeframe("1w", close < open)' },
      },
    },
  });
}

for (
  const [name, request] of [
    ["moving average", requestBody()],
    ["RSI", rsiRequest()],
    ["rules", rulesRequest()],
  ] as const
) {
  Deno.test(`POST /backtests/variant-report agrees with the stored reports of a job, ${name}`, async () => {
    const { queue, results, submit, deps: workerDeps, clock } = harness();
    await using compute = createInProcessCompute();
    const { jobId } = await submit({ ...request, top_trades_n: 5 });
    const job = await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 });
    const deps = { ...workerDeps, compute };
    const claim = { job: job!, lockedBy: "w", sentMs: clock.monotonicMs() };
    assert.equal((await runJob(claim, { deps, stop: new AbortController().signal })).outcome, "succeeded");
    const rows = await results.listTopVariants(jobId, 5);
    assert.equal(rows.length, 5);
    assert.ok(rows.some(({ trades }) => trades!.length > 0));
    const { send } = apiWorld({ compute });
    for (const row of rows) {
      const body = reportBody(row.payload, { template: request.template, include_trades: true });
      const { status, json } = await send("POST", path, { body });
      assert.equal(status, 200, JSON.stringify(json));
      assert.equal(json.table_md, row.reportTableMd);
      assert.deepEqual(json.trades, JSON.parse(JSON.stringify(row.trades)));
      assert.deepEqual(json.metrics, row.metrics);
      assert.equal(json.rows.length, 25);
    }
  });
}

async function payloadOfBest(): Promise<Record<string, unknown>> {
  const { json } = await apiWorld().send("POST", "/backtests", { body: requestBody() });
  return json.variants[0].payload;
}

Deno.test("POST /backtests/variant-report leaves trades out unless they are asked for", async () => {
  await using compute = createInProcessCompute();
  const { send } = apiWorld({ compute });
  const { status, json } = await send("POST", path, { body: reportBody(await payloadOfBest()) });
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["rows", "table_md", "trades", "metrics", "warnings"]);
  assert.equal(json.trades, null);
});

Deno.test("POST /backtests/variant-report says which variant its rules do not allow", async () => {
  await using compute = createInProcessCompute();
  const { send } = apiWorld({ compute });
  const request = rulesRequest();
  const { json: { variants: [{ payload }] } } = await send("POST", "/backtests", { body: request });
  const found = async (rule_params: unknown, template: unknown = request.template) => {
    const body = reportBody({ ...payload, rule_params }, { template });
    const { status, json } = await send("POST", path, { body });
    assert.equal(status, 422, JSON.stringify(json));
    return json.error.details.errors.map((item: Record<string, string>) =>
      `${item.path} ${item.code}: ${item.message}`
    );
  };
  assert.deepEqual(await found({ ...payload.rule_params, fast: 7 }), [
    "body.template.rules.where value_error: no combination is left of 1",
  ]);
  assert.deepEqual(await found({ ...payload.rule_params, fast: 2.5, slow: 8 }), [
    "body.template.rules.long.enter value_error: ema: argument 2 (window) takes an integer from 2 to 2000, found 2.5 " +
    "with fast = 2.5 at 26",
  ]);
});

Deno.test("POST /backtests/variant-report names what is wrong in the variant", async () => {
  await using compute = createInProcessCompute();
  const { send } = apiWorld({ compute });
  const payload = await payloadOfBest();
  const items = async (variant: unknown, changes: Record<string, unknown> = {}) => {
    const { status, json } = await send("POST", path, { body: reportBody(variant, changes) });
    assert.equal(status, 422, JSON.stringify(json));
    return json.error.details.errors.map((item: { path: string; code: string }) =>
      `${item.path} ${item.code}`
    );
  };
  const selection = { indicator_id: "ma.sma", inputs: { source: "close" }, params: { window: 3 } };
  const { risk_params: _, ...incomplete } = payload;
  assert.deepEqual(await items(incomplete), ["body.variant.risk_params required"]);
  assert.deepEqual(await items(payload, { top_k: 5 }), ["body.top_k extra_forbidden"]);
  assert.deepEqual(
    await items({ ...payload, indicator_selections: [{ ...selection, params: { window: true } }] }),
    ["body.variant.indicator_selections.0.params.window float_type"],
  );
  assert.deepEqual(
    await items({ ...payload, indicator_selections: [{ ...selection, params: {} }] }),
    ["body.variant.indicator_selections.0.params.window required"],
  );
  assert.deepEqual(
    await items({ ...payload, indicator_selections: [{ ...selection, inputs: { source: "moon" } }] }),
    ["body.variant.indicator_selections.0.inputs.source literal_error"],
  );
  assert.deepEqual(
    await items({
      ...payload,
      risk_params: { sl_enabled: true, sl_pct: null, tp_enabled: false, tp_pct: null },
    }),
    ["body.variant.risk_params.sl_pct required"],
  );
  const noMode = ["body.strategy_id mode_conflict", "body.template mode_conflict"];
  assert.deepEqual(await items(payload, { template: null }), noMode);
  // members of the wrong form first, then the mode, then values that do not go together
  const off = { risk_params: { sl_enabled: false, sl_pct: 5, tp_enabled: false, tp_pct: null } };
  assert.deepEqual(await items({ ...payload, ...off }), ["body.variant.risk_params.sl_pct value_error"]);
  assert.deepEqual(await items({ ...payload, ...off }, { template: null }), noMode);
  assert.deepEqual(
    await items({ ...payload, ...off, direction_mode: "up" }, { template: null }),
    ["body.variant.direction_mode literal_error", "body.variant.risk_params.sl_pct value_error"],
  );
});

Deno.test("13 POST /backtests/variant-report refuses trades that are too many, before they leave the thread", async () => {
  await using compute = createInProcessCompute();
  const limits: unknown[] = [];
  const busy: Compute = {
    ...compute,
    threads: 1,
    async open(input) {
      const session = await compute.open(input);
      return {
        ...session,
        async report(variant, wish) {
          limits.push(wish.tradesMax);
          const report = await session.report(variant, wish);
          return { ...report, metrics: { ...report.metrics, trades: 50_001 }, trades: null };
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { send } = apiWorld({ compute: busy });
  const payload = await payloadOfBest();
  const asked = await send("POST", path, { body: reportBody(payload, { include_trades: true }) });
  assert.equal(asked.status, 422);
  const [item] = asked.json.error.details.errors;
  assert.equal(item.path, "body.include_trades");
  assert.match(
    item.message,
    /^Input should be false: the variant has 50001 trades, at most 50000 are answered; /,
  );
  assert.equal((await send("POST", path, { body: reportBody(payload) })).status, 200);
  assert.deepEqual(limits, [50_000, 50_000]);
});
