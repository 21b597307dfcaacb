import type { BacktestTemplate } from "./template.ts";
import type { TemplateRequest } from "./body.ts";
import { rankingOf, type RequestDefaults, resolveRequest } from "./effective.ts";
import { readStored } from "./stored.ts";
import { BacktestError } from "../core/errors/mod.ts";
import assert from "node:assert/strict";

const defaults: RequestDefaults = {
  warmup_bars_default: 200,
  top_k_default: 300,
  preselect_default: 20_000,
  reporting: { top_trades_n_default: 3 },
  ranking: { primary_metric_default: "total_return_pct", secondary_metric_default: null, min_trades: 1 },
  execution: {
    init_cash_quote_default: 10_000,
    fixed_quote_default: 100,
    safe_profit_percent_default: 30,
    slippage_pct_default: 0.01,
    fee_pct_default_by_market_id: { 1: 0.075 },
  },
  markets: { 1: { calendar: "continuous", daysPerYear: null } },
};

const template: BacktestTemplate = {
  instrument_id: { market_id: 1, symbol: "BTCUSDT" },
  timeframe: "1h",
  indicator_grids: [{
    indicator_id: "ma.ema",
    params: { window: { mode: "range", start: 5, stop_incl: 20, step: 5 } },
    source: { mode: "explicit", values: ["close"] },
  }],
  signal_grids: { "momentum.rsi": { long_threshold: { mode: "explicit", values: [20, 30] } } },
  risk_grid: { sl_enabled: true, tp_enabled: true, sl: { mode: "explicit", values: [1.5, 3] }, tp_pct: 4 },
};

const request: TemplateRequest = {
  time_range: { start: "1970-01-01T00:00:00Z", end: "1970-01-02T00:00:00Z" },
  template,
};

function resolve(
  change: Partial<TemplateRequest> = {},
  options: { readonly topKMax?: number; readonly defaults?: RequestDefaults } = {},
) {
  const changed = { ...request, ...change };
  return resolveRequest({ request: changed, template: changed.template }, { defaults, ...options }).effective;
}

/** The request of a job in which this is stored. */
function readBack(requestJson: Readonly<Record<string, unknown>>) {
  return readStored({ mode: "template", requestJson, specPayloadJson: null });
}

function refusal(run: () => unknown): { message: string; errors: unknown } {
  try {
    run();
  } catch (error) {
    if (error instanceof BacktestError && error.code === "validation_error") {
      return { message: error.message, errors: error.details.errors };
    }
    throw error;
  }
  return assert.fail("nothing was refused");
}

Deno.test("resolveRequest() takes absent members from the defaults", () => {
  const effective = resolve();
  const execution = {
    init_cash_quote: 10_000,
    fixed_quote: 100,
    safe_profit_percent: 30,
    fee_pct: 0.075,
    slippage_pct: 0.01,
  };
  assert.deepEqual(effective.template, {
    ...template,
    direction_mode: "long-short",
    sizing_mode: "all_in",
    execution,
  });
  assert.deepEqual(
    [effective.warmup_bars, effective.top_k, effective.preselect, effective.top_trades_n],
    [200, 300, 20_000, 3],
  );
});

Deno.test("resolveRequest() keeps what was sent", () => {
  const sent = { ...template, sizing_mode: "fixed_quote", execution: { slippage_pct: 0 } } as const;
  const effective = resolve({ template: sent, warmup_bars: 1, top_k: 9, preselect: 8, top_trades_n: 7 });
  assert.equal(effective.template.sizing_mode, "fixed_quote");
  assert.equal(effective.template.execution.slippage_pct, 0);
  assert.deepEqual(
    [effective.warmup_bars, effective.top_k, effective.preselect, effective.top_trades_n],
    [1, 9, 8, 7],
  );
});

Deno.test("13 resolveRequest() keeps every member of the execution that was sent, zeros too, whatever the others are", () => {
  const whole = {
    init_cash_quote: 5,
    fixed_quote: 6,
    safe_profit_percent: 0,
    fee_pct: 0,
    slippage_pct: 0,
  };
  const usual = resolve().template.execution;
  assert.deepEqual(resolve({ template: { ...template, execution: whole } }).template.execution, whole);
  for (const [name, value] of Object.entries(whole)) {
    const { template: { execution } } = resolve({ template: { ...template, execution: { [name]: value } } });
    assert.deepEqual(execution, { ...usual, [name]: value }, name);
  }
});

Deno.test("resolveRequest() clamps a defaulted top_trades_n to top_k", () => {
  assert.equal(resolve({ top_k: 2 }).top_trades_n, 2);
});

Deno.test("resolveRequest() refuses a sent top_trades_n above top_k", () => {
  assert.deepEqual(refusal(() => resolve({ top_k: 2, top_trades_n: 3 })), {
    message: "Backtest jobs request top_trades_n must be <= top_k",
    errors: [{
      path: "body.top_trades_n",
      code: "max_value",
      message: "top_trades_n must be <= top_k",
    }],
  });
});

Deno.test("resolveRequest() refuses a top_k above the cap before it looks at top_trades_n", () => {
  assert.deepEqual(refusal(() => resolve({ top_k: 301, top_trades_n: 999 }, { topKMax: 300 })), {
    message: "Backtest jobs request top_k must be <= backtest.jobs.top_k_persisted_default",
    errors: [{ path: "body.top_k", code: "max_value", message: "top_k must be <= 300" }],
  });
});

Deno.test("resolveRequest() needs a fee where the market has no default", () => {
  const foreign = { ...template, instrument_id: { market_id: 100, symbol: "SP500" } };
  assert.deepEqual(refusal(() => resolve({ template: foreign })), {
    message: "Cannot find a default fee for market_id 100: send execution.fee_pct",
    errors: [{
      path: "body.template.instrument_id.market_id",
      code: "unsupported",
      message: "market_id 100 has no default fee_pct in the config",
    }],
  });
  assert.equal(
    resolve({ template: { ...foreign, execution: { fee_pct: 0 } } }).template.execution.fee_pct,
    0,
  );
});

Deno.test("resolveRequest() stores min_trades only where it is not 1 and a metric reads it, so old hashes stay", () => {
  const thirty = { ...defaults, ranking: { ...defaults.ranking, min_trades: 30 } };
  const byFactor = { primary_metric: "profit_factor" } as const;
  const second = { primary_metric: "total_return_pct", secondary_metric: "profit_factor" } as const;
  const cases = [
    [resolve({ ranking: { ...byFactor, min_trades: 5 } }), 5, { ...byFactor, min_trades: 5 }],
    [resolve({ ranking: { ...byFactor, min_trades: 1 } }), 1, byFactor],
    [resolve({ ranking: byFactor }, { defaults: thirty }), 30, { ...byFactor, min_trades: 30 }],
    [resolve({ ranking: { ...byFactor, min_trades: 1 } }, { defaults: thirty }), 1, byFactor],
    [resolve({ ranking: { ...second, min_trades: 7 } }), 7, { ...second, min_trades: 7 }],
    [resolve({}, { defaults: thirty }), 1, undefined],
  ] as const;
  for (const [effective, min_trades, stored] of cases) {
    assert.equal(rankingOf(effective).minTrades, min_trades);
    assert.deepEqual(effective.ranking, stored);
    assert.equal(rankingOf(readBack(effective)).minTrades, min_trades);
  }
});

const drawdownFirst: RequestDefaults = {
  ...defaults,
  ranking: {
    primary_metric_default: "max_drawdown_pct",
    secondary_metric_default: "profit_factor",
    min_trades: 1,
  },
};

Deno.test("resolveRequest() ranks as sent, else as the defaults say, and stores what is not plain", () => {
  const primary_metric = "profit_factor";
  const cases = [
    [resolve(), { primary: "total_return_pct", secondary: null }, undefined],
    [
      resolve({ ranking: { primary_metric: "total_return_pct" } }),
      { primary: "total_return_pct", secondary: null },
      { primary_metric: "total_return_pct" },
    ],
    [
      resolve({}, { defaults: drawdownFirst }),
      { primary: "max_drawdown_pct", secondary: "profit_factor" },
      { primary_metric: "max_drawdown_pct", secondary_metric: "profit_factor" },
    ],
    // the default secondary metric belongs to the default primary one
    [
      resolve({ ranking: { primary_metric } }, { defaults: drawdownFirst }),
      { primary: "profit_factor", secondary: null },
      { primary_metric },
    ],
    [
      resolve({ ranking: { primary_metric, secondary_metric: "total_return_pct" } }),
      { primary: "profit_factor", secondary: "total_return_pct" },
      { primary_metric, secondary_metric: "total_return_pct" },
    ],
  ] as const;
  for (const [effective, order, stored] of cases) {
    assert.deepEqual(rankingOf(effective), { ...order, minTrades: 1 });
    assert.deepEqual(effective.ranking, stored);
    assert.deepEqual(rankingOf(readBack(effective)), { ...order, minTrades: 1 });
  }
});

Deno.test("resolveRequest() stores the days of a year where they are not usual for the market's calendar", () => {
  const stored = (calendar: "continuous" | "sessions", daysPerYear: number | null) => {
    const resolved = resolve({}, { defaults: { ...defaults, markets: { 1: { calendar, daysPerYear } } } });
    return [resolved.days_per_year, readBack(resolved).days_per_year];
  };
  assert.deepEqual(stored("continuous", null), [undefined, undefined]);
  assert.deepEqual(stored("continuous", 365), [undefined, undefined]);
  assert.deepEqual(stored("sessions", 252), [undefined, undefined]);
  assert.deepEqual(stored("continuous", 252), [252, 252]);
  assert.deepEqual(stored("sessions", 365), [365, 365]);
  assert.deepEqual(stored("sessions", 250.5), [250.5, 250.5]);
  const stranger = resolve({}, { defaults: { ...defaults, markets: {} } });
  assert.equal(stranger.days_per_year, undefined);
  for (const days_per_year of [0, -1, "252", null]) {
    assert.throws(
      () => readBack({ ...stranger, days_per_year }),
      /days_per_year must be (greater than 0|a finite number), got /,
    );
  }
});

Deno.test("readStored() reads back what resolveRequest() stores", () => {
  const effective = resolve({ top_k: 9 });
  assert.deepEqual(readBack(JSON.parse(JSON.stringify(effective))), effective);
});
