import assert from "node:assert/strict";
import { compareUrl, finalMetrics, inFinalOrder } from "./final_metrics.ts";

const figures = { totalReturnPct: -4.8, sharpeRatio: null, maxDrawdownPct: 8.5, trades: 2, equity: 9520 };

Deno.test("S003-22 finalMetrics() has nine members, and no sums where no decision declared any", () => {
  const metrics = finalMetrics({ ...figures, usages: [{}, {}] });
  assert.deepEqual(Object.entries(metrics), [
    ["total_return", -0.048],
    ["sharpe_ratio", null],
    ["max_drawdown", 0.085],
    ["num_trades", 2],
    ["final_equity", 9520],
    ["llm_calls", null],
    ["input_tokens", null],
    ["output_tokens", null],
    ["est_cost_usd", null],
  ]);
  const shuffled = Object.fromEntries(Object.entries(metrics).reverse()) as unknown as typeof metrics;
  assert.equal(JSON.stringify(inFinalOrder(shuffled)), JSON.stringify(metrics));
});

Deno.test("finalMetrics() sums what was declared, each member by itself", () => {
  const usages = [{ llm_calls: 1, cost_usd: 0.5 }, {}, { llm_calls: 0 }, { input_tokens: 7 }];
  const { llm_calls, input_tokens, output_tokens, est_cost_usd } = finalMetrics({ ...figures, usages });
  assert.deepEqual([llm_calls, input_tokens, output_tokens, est_cost_usd], [1, 7, null, 0.5]);
});

Deno.test("S003-35 compareUrl() names the run and its baselines, and nothing while there are none", () => {
  assert.equal(compareUrl({ runId: "r", baselines: null }), null);
  assert.equal(compareUrl({ runId: "r", baselines: {} }), null);
  const baselines = { flat: "f", buy_and_hold: "b" };
  assert.equal(compareUrl({ runId: "r", baselines }), "/backtests/runs/compare?run_ids=r,b,f");
});
