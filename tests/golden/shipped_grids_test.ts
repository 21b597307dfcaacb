import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { buildPlan } from "../../src/core/build_plan.ts";
import { catalogue } from "../../src/core/catalogue.ts";
import { parseDefaultGrids } from "../../src/schema/default_grids.ts";

const [dev, test, prod] = ["dev", "test", "prod"].map((environment) =>
  readFileSync(new URL(`../../configs/${environment}/indicators.yaml`, import.meta.url), "utf8")
);
const defaults = parseDefaultGrids(prod, { path: "configs/prod/indicators.yaml" });

Deno.test("indicators.yaml is the same in all environments", () => {
  assert.equal(dev, prod);
  assert.equal(test, prod);
});

Deno.test("indicators.yaml lets every indicator be requested by its id alone", () => {
  const sizes = catalogue.map(({ id }) => {
    const [{ variants, signalCombinations }] = buildPlan({
      template: {
        instrument_id: { market_id: 1, symbol: "BTCUSDT" },
        timeframe: "1h",
        indicator_grids: [{ indicator_id: id, params: {} }],
        signal_grids: {},
      },
      execution: { init_cash_quote: 1, fixed_quote: 1, safe_profit_percent: 0, fee_pct: 0, slippage_pct: 0 },
      keyExecution: {},
      preselect: 1,
      defaults,
      maxVariants: 600_000,
    }).indicators;
    return [id, variants, signalCombinations];
  });
  assert.deepEqual(sizes, [
    ["ma.ema", 1176, 1],
    ["ma.sma", 1176, 1],
    ["momentum.macd", 97_524, 1],
    ["momentum.rsi", 708, 16],
    ["trend.donchian", 196, 1],
    ["volatility.bbands", 244_296, 1],
  ]);
});
