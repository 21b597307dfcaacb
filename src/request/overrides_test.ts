import { applyOverrides } from "./overrides.ts";
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
