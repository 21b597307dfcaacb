import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";

Deno.test("GET /backtests/runtime-defaults answers the shipped defaults and nothing secret", async () => {
  const { send } = apiWorld();
  const { status, text } = await send("GET", "/backtests/runtime-defaults");
  assert.equal(status, 200);
  assert.equal(
    text,
    JSON.stringify({
      warmup_bars_default: 200,
      top_k_default: 300,
      preselect_default: 20000,
      top_trades_n_default: 3,
      ranking: { primary_metric_default: "total_return_pct", secondary_metric_default: null },
      execution: {
        init_cash_quote_default: 10000,
        fixed_quote_default: 100,
        safe_profit_percent_default: 30,
        slippage_pct_default: 0.01,
        fee_pct_default_by_market_id: { "1": 0.075, "2": 0.1, "3": 0.075, "4": 0.1 },
      },
      jobs: { top_k_persisted_default: 300 },
    }),
  );
});
