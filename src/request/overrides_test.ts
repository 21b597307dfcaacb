import type { BacktestError } from "../core/errors/mod.ts";
import { applyOverrides, refuseUnknownParams } from "./overrides.ts";
import type { BacktestTemplate } from "./template.ts";
import assert from "node:assert/strict";

const axis = (...values: number[]) => ({ mode: "explicit" as const, values });

const bare: BacktestTemplate = {
  instrument_id: { market_id: 1, symbol: "BTCUSDT" },
  timeframe: "1h",
  indicator_grids: [{ indicator_id: "momentum.rsi", params: {} }],
  signal_grids: {},
};

const template: BacktestTemplate = {
  ...bare,
  direction_mode: "long-only",
  execution: { fee_pct: 0.1, slippage_pct: 0.02 },
  risk_grid: { sl_enabled: true, sl: axis(1, 2), tp_enabled: true, tp_pct: 4 },
  signal_grids: {
    "momentum.rsi": { long_threshold: axis(20), short_threshold: axis(80) },
    "ma.ema": { x: axis(1) },
  },
};

Deno.test("applyOverrides() leaves a template as it is where nothing is given", () => {
  assert.deepEqual(applyOverrides(template, {}), template);
});

Deno.test("applyOverrides() replaces single numbers of execution and single signal axes", () => {
  const merged = applyOverrides(template, {
    execution: { fee_pct: 0 },
    signal_grids: { "momentum.rsi": { long_threshold: axis(25, 30) } },
  });
  assert.deepEqual(merged, {
    ...template,
    execution: { fee_pct: 0, slippage_pct: 0.02 },
    signal_grids: {
      "ma.ema": { x: axis(1) },
      "momentum.rsi": { long_threshold: axis(25, 30), short_threshold: axis(80) },
    },
  });
});

Deno.test("applyOverrides() replaces the risk grid whole", () => {
  const merged = applyOverrides(template, { risk_grid: { sl_enabled: false, tp_enabled: false } });
  assert.deepEqual(merged.risk_grid, { sl_enabled: false, tp_enabled: false });
});

Deno.test("applyOverrides() replaces direction and sizing and adds what the template has not", () => {
  const merged = applyOverrides(bare, {
    direction_mode: "short-only",
    sizing_mode: "fixed_quote",
    execution: { fee_pct: 1 },
    signal_grids: { "ma.ema": { x: axis(2) } },
  });
  assert.deepEqual(merged, {
    ...bare,
    direction_mode: "short-only",
    sizing_mode: "fixed_quote",
    execution: { fee_pct: 1 },
    signal_grids: { "ma.ema": { x: axis(2) } },
  });
});

Deno.test("applyOverrides() takes names of another spelling for the same axis", () => {
  const merged = applyOverrides(template, {
    signal_grids: { " Momentum.RSI": { LONG_threshold: axis(5) } },
  });
  assert.deepEqual(merged.signal_grids, {
    "ma.ema": { x: axis(1) },
    " Momentum.RSI": { short_threshold: axis(80), LONG_threshold: axis(5) },
  });
});

Deno.test("applyOverrides() does not change its arguments", () => {
  const before = structuredClone(template);
  applyOverrides(template, { execution: { fee_pct: 9 }, signal_grids: { "ma.ema": { x: axis(9) } } });
  assert.deepEqual(template, before);
});

const { indicator_grids: _, ...rest } = bare;
const withRules: BacktestTemplate = {
  ...rest,
  indicator_grids: [],
  rules: {
    params: { fast: axis(5, 10), slow: axis(50) },
    where: ["fast < slow"],
    long: { enter: "sma(close, fast) > sma(close, slow)" },
  },
};

Deno.test("applyOverrides() replaces single parameters of rules and leaves their texts", () => {
  const merged = applyOverrides(withRules, { rules: { params: { fast: axis(7) } } });
  assert.deepEqual(merged, {
    ...withRules,
    rules: { ...withRules.rules, params: { fast: axis(7), slow: axis(50) } },
  });
  assert.deepEqual(applyOverrides(bare, { rules: { params: { fast: axis(7) } } }), bare);
});

Deno.test("refuseUnknownParams() names parameters that the rules do not have, with the nearest", () => {
  const refused = (template: BacktestTemplate, params: Record<string, ReturnType<typeof axis>>) => {
    try {
      refuseUnknownParams(template, { rules: { params } });
    } catch (error) {
      return (error as BacktestError).details.errors;
    }
    return null;
  };
  assert.equal(refused(withRules, { slow: axis(20) }), null);
  assert.equal(refuseUnknownParams(bare, {}), undefined);
  assert.deepEqual(refused(withRules, { slow: axis(20), fats: axis(7) }), [{
    path: "body.overrides.rules.params.fats",
    code: "value_error",
    message: 'The strategy\'s rules have no parameter "fats"; nearest is "fast"; known are fast, slow',
  }]);
  assert.deepEqual(refused({ ...withRules, rules: { long: { enter: "true" } } }, { fats: axis(7) }), [{
    path: "body.overrides.rules.params.fats",
    code: "value_error",
    message: 'The strategy\'s rules have no parameter "fats", they have none',
  }]);
  assert.deepEqual(refused(bare, { fast: axis(7) }), [{
    path: "body.overrides.rules",
    code: "value_error",
    message: "The strategy has no rules to override parameters of",
  }]);
});
