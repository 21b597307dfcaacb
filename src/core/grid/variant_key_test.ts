import { buildPlan } from "../../request/plan.ts";
import type { EffectiveTemplate } from "../../request/template.ts";
import assert from "node:assert/strict";
import {
  baseVariantKey,
  indicatorVariantKey,
  indicatorVariantText,
  variantKey,
  variantText,
} from "./variant_key.ts";

const execution = {
  slippage_pct: 0.01,
  init_cash_quote: 10000,
  fixed_quote: 100,
  safe_profit_percent: 30,
  fee_pct: 0.075,
};
const template: EffectiveTemplate = {
  direction_mode: "long-short",
  sizing_mode: "all_in",
  execution,
  instrument_id: { market_id: 1, symbol: "BTCUSDT" },
  timeframe: "1h",
  indicator_grids: [{
    indicator_id: "ma.ema",
    params: { window: { mode: "explicit", values: [10, 20] } },
    source: { mode: "explicit", values: ["close"] },
  }],
  signal_grids: {},
  risk_grid: { sl_enabled: true, tp_enabled: false, sl: { mode: "explicit", values: [1.5, 3] } },
};
const planOf = (change: Partial<EffectiveTemplate>, options: { stored?: boolean } = {}) =>
  buildPlan({ template: { ...template, ...change }, preselect: 10 }, {
    defaults: {},
    maxVariants: 1000,
    ...options,
  });

Deno.test("S000-41 variantKey() equals the known answers", () => {
  const plan = planOf({});
  assert.equal(
    indicatorVariantKey(plan, 1),
    "931e8a732d70060e23690c2c2a19a49acf2f0374e53e3e7f8ebb336187f3b838",
  );
  assert.equal(baseVariantKey(plan, 1), "9128f98a4c8cc8ce0476ec2519a10b3cf0181702e54e34863ceea978f3355b3b");
  assert.equal(
    variantKey(plan, { stageAIndex: 1, riskIndex: 0 }),
    "4b6be8db1c48f2e8357354c45cb9a9a610dc14fc8ba771e3d928011f24ecb05e",
  );
  assert.equal(
    variantKey(plan, { stageAIndex: 1, riskIndex: 1 }),
    "4d2ade3de53888d0b1ced76b8b482c07299c477d6f2dde876d3f35700d924a46",
  );
});

Deno.test("variantKey() of a risk grid that is off is the base key", () => {
  const plan = planOf({ risk_grid: { sl_enabled: false, tp_enabled: false } });
  assert.equal(variantKey(plan, { stageAIndex: 0, riskIndex: 0 }), baseVariantKey(plan, 0));
});

Deno.test("variantText() escapes non-ASCII, indicatorVariantText() does not", () => {
  const plan = planOf({
    instrument_id: { market_id: 1, symbol: "ÄBC" },
    signal_grids: { "ma.ema": { "größe": { mode: "explicit", values: [1] } } },
  }, { stored: true });
  assert.match(indicatorVariantText(plan, 0), /"instrument_id":"1:ÄBC"/);
  assert.ok(variantText(plan, { stageAIndex: 0, riskIndex: null }).includes('{"gr\\u00f6\\u00dfe":1}'));
});

Deno.test("variantText() of older answers leaves out execution numbers that were not sent", () => {
  const text = variantText({ ...planOf({}), execution: {} }, { stageAIndex: 0, riskIndex: null });
  assert.match(text, /^\{"direction_mode":"long-short","execution":\{\},"indicator_variant_key":"/);
});

Deno.test("indicatorVariantKey() is right again after its memo was emptied", () => {
  const window = { mode: "range", start: 2, stop_incl: 2000, step: 1 } as const;
  const source = { mode: "explicit", values: ["close", "open", "high"] } as const;
  const plan = buildPlan({
    template: { ...template, indicator_grids: [{ indicator_id: "ma.ema", params: { window }, source }] },
    preselect: 10,
  }, { defaults: {}, maxVariants: 10_000 });
  const first = indicatorVariantKey(plan, 0);
  const keys = new Set(Array.from({ length: plan.stageATotal }, (_, i) => indicatorVariantKey(plan, i)));
  assert.equal(keys.size, plan.stageATotal);
  assert.equal(indicatorVariantKey(plan, 0), first);
});
