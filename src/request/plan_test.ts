import type { EffectiveTemplate } from "./template.ts";
import { buildPlan, type BuildPlanOptions, type PlannedRequest } from "./plan.ts";
import { type AxisSpec, baseVariantKey, variantKey, variantPayload } from "../core/grid/mod.ts";
import { BacktestError, type ErrorItem } from "../core/errors/mod.ts";
import assert from "node:assert/strict";

const list = (...values: (number | string)[]): AxisSpec => ({ mode: "explicit", values });
const range = (start: number, stop_incl: number): AxisSpec => ({ mode: "range", start, stop_incl, step: 1 });
const execution = {
  init_cash_quote: 10000,
  fixed_quote: 100,
  safe_profit_percent: 30,
  fee_pct: 0.075,
  slippage_pct: 0.01,
};
const rsi = { indicator_id: "momentum.rsi", params: { window: list(14, 7) }, source: list("close") };
const sma = { indicator_id: "ma.sma", params: { window: range(10, 12) }, source: list("hlc3", "close") };
const template: EffectiveTemplate = {
  instrument_id: { market_id: 1, symbol: "BTCUSDT" },
  timeframe: "1h",
  indicator_grids: [rsi, sma],
  signal_grids: {
    "momentum.rsi": { short_threshold: list(70, 80), long_threshold: range(30, 32) },
  },
  risk_grid: { sl_enabled: true, tp_enabled: true, sl: list(1, 2.5), tp_pct: 3 },
  direction_mode: "long-short",
  sizing_mode: "all_in",
  execution,
};

const planOf = (
  change: Partial<EffectiveTemplate> = {},
  options: Partial<BuildPlanOptions & PlannedRequest> = {},
) =>
  buildPlan({ template: { ...template, ...change }, preselect: 20, ...options }, {
    defaults: {},
    maxVariants: 600_000,
    ...options,
  });

Deno.test("S000-21 buildPlan() counts base variants and expanded variants", () => {
  const plan = planOf();
  assert.deepEqual(
    plan.indicators.map(({ indicatorId, variants, signalCombinations }) => ({
      indicatorId,
      variants,
      signalCombinations,
    })),
    [
      { indicatorId: "ma.sma", variants: 6, signalCombinations: 1 },
      { indicatorId: "momentum.rsi", variants: 2, signalCombinations: 6 },
    ],
  );
  assert.equal(plan.signalTotal, 6);
  assert.equal(plan.stageATotal, 72);
  assert.equal(plan.shortlistTotal, 20);
  assert.equal(plan.riskTotal, 2);
  assert.equal(plan.stageBTotal, 40);
  assert.equal(planOf({}, { preselect: 1000 }).stageBTotal, 144);
});

Deno.test("S000-40 buildPlan() does not depend on the order of indicators or members", () => {
  const shuffled = planOf({
    indicator_grids: [...template.indicator_grids].reverse(),
    signal_grids: { "momentum.rsi": { long_threshold: range(30, 32), short_threshold: list(70, 80) } },
  });
  assert.deepEqual(shuffled, planOf());
  const keys = (plan: typeof shuffled) => [
    baseVariantKey(plan, 71),
    variantKey(plan, { stageAIndex: 35, riskIndex: 1 }),
  ];
  assert.deepEqual(keys(shuffled), keys(planOf()));
});

Deno.test("buildPlan() trims and lower-cases ids", () => {
  const plan = planOf({ indicator_grids: [rsi, { ...sma, indicator_id: " MA.SMA " }] });
  assert.deepEqual(plan, planOf());
});

Deno.test("buildPlan() refuses signal names nobody knows, and names the nearest and the known ones", () => {
  const rsi = template.signal_grids["momentum.rsi"]!;
  const refused = (signal_grids: EffectiveTemplate["signal_grids"]) => {
    const { errors } = refusalOf(() => planOf({ signal_grids })).details as { errors: ErrorItem[] };
    return errors.map(({ path, code, message }) => [path.replace("body.template.", ""), code, message]);
  };
  assert.deepEqual(refused({ "momentum.rsi": { ...rsi, long: list(25) } }), [[
    "signal_grids.momentum.rsi.long",
    "extra_forbidden",
    'momentum.rsi: unknown signal param "long"; nearest is "long_threshold"; ' +
    "known are long_threshold, short_threshold",
  ]]);
  assert.deepEqual(refused({ "momentum.rsi": rsi, rsi, "trend.adx": { long_threshold: list(20) } }), [
    [
      "signal_grids.rsi",
      "extra_forbidden",
      'signal_grids: indicator "rsi" is not in this sweep; nearest is "momentum.rsi"; known are ma.sma, momentum.rsi',
    ],
    [
      "signal_grids.trend.adx",
      "extra_forbidden",
      'signal_grids: indicator "trend.adx" is not in this sweep; known are ma.sma, momentum.rsi',
    ],
  ]);
  assert.deepEqual(refused({ "momentum.rsi": rsi, "ma.sma": { note: list(1) } }), [
    ["signal_grids.ma.sma.note", "extra_forbidden", 'ma.sma: unknown signal param "note"; there are none'],
  ]);
});

Deno.test("buildPlan() of a stored request makes signal names the rule does not know an axis", () => {
  const signal_grids = {
    ...template.signal_grids,
    "ma.sma": { note: list(1, 2, 3) },
    "ma.ema": { ignored: list(1) },
  };
  const plan = planOf({ signal_grids }, { stored: true });
  assert.equal(plan.stageATotal, 216);
  assert.deepEqual(variantPayload(plan, { stageAIndex: 6, riskIndex: null }).signal_params, {
    "ma.sma": { note: 2 },
    "momentum.rsi": { long_threshold: 30, short_threshold: 70 },
  });
});

Deno.test("buildPlan() takes the scalar of a risk side without axis, and null for a side that is off", () => {
  assert.deepEqual(planOf().risk, { sl: [1, 2.5], tp: [3] });
  const off = planOf({
    risk_grid: { sl_enabled: false, tp_enabled: true, sl: list(1), tp: range(1, 2), tp_pct: 9 },
  });
  assert.deepEqual(off.risk, { sl: [null], tp: [1, 2] });
  const { risk_grid: _, ...withoutRisk } = template;
  const plan = buildPlan({ template: withoutRisk, preselect: 1 }, { defaults: {}, maxVariants: 100 });
  assert.deepEqual(plan.risk, { sl: [null], tp: [null] });
});

Deno.test("buildPlan() refuses a risk side that is on without value or below zero", () => {
  const error = refusalOf(() => planOf({ risk_grid: { sl_enabled: true, tp_enabled: true, tp_pct: -1 } }));
  assert.deepEqual(error.details, {
    errors: [
      {
        path: "body.template.risk_grid.sl",
        code: "required",
        message: "risk_grid: sl_enabled is true, so sl or sl_pct is required",
      },
      {
        path: "body.template.risk_grid.tp_pct",
        code: "greater_than_equal",
        message: "risk_grid: axis 'tp' expects values >= 0, got -1",
      },
    ],
  });
});

Deno.test("buildPlan() refuses unknown and repeated indicators by their position in the request", () => {
  const error = refusalOf(() =>
    planOf({ indicator_grids: [sma, rsi, sma, { indicator_id: "ma.smma", params: {} }] })
  );
  const { errors } = error.details as { errors: { path: string; message: string }[] };
  assert.deepEqual(errors.map(({ path }) => path), [
    "body.template.indicator_grids.2.indicator_id",
    "body.template.indicator_grids.3.indicator_id",
  ]);
  assert.match(errors[0]!.message, /^Indicator "ma.sma" is given twice$/);
  assert.match(errors[1]!.message, /^Unknown indicator "ma.smma"; nearest is "ma.sma"; known are ma\.dema, /);
  assert.match(refusalOf(() => planOf({ indicator_grids: [] })).message, /needs at least one indicator/);
});

Deno.test("buildPlan() refuses an indicator without a signal rule", () => {
  const error = refusalOf(() =>
    planOf({ indicator_grids: [{ indicator_id: "structure.candle_body", params: {} }] })
  );
  assert.match(
    error.message,
    /^Unsupported indicator_id for signals v1: structure\.candle_body; it has no signal rule; nearest is "structure\.candle_stats"; known are ma\.dema, /,
  );
  assert.doesNotMatch(error.message, /known are .*candle_body/);
  const path = "body.template.indicator_grids.0.indicator_id";
  assert.deepEqual(error.details, {
    errors: [{ path, code: "value_error", message: error.message.split("; at ")[0] }],
  });
});

Deno.test("buildPlan() refuses delta periods that are no lag, but not of names the rule ignores", () => {
  const withPeriods = (long: AxisSpec) =>
    planOf({
      indicator_grids: [{ indicator_id: "volatility.atr", params: { window: list(14) } }],
      signal_grids: {
        "volatility.atr": { long_delta_periods: long, short_delta_periods: list(2), x: list(0.5) },
      },
    }, { stored: true });
  assert.equal(withPeriods(list(-1, 3)).signalTotal, 2);
  const error = refusalOf(() => withPeriods(range(-1, 0)));
  const message = "volatility.atr: axis 'long_delta_periods' expects integers other than 0, got 0";
  const path = "body.template.signal_grids.volatility.atr.long_delta_periods";
  assert.deepEqual(error.details, { errors: [{ path, code: "int_type", message }] });
});

Deno.test("buildPlan() refuses a required signal parameter that is missing", () => {
  const error = refusalOf(() => planOf({ signal_grids: { "momentum.rsi": { long_threshold: list(30) } } }));
  const message = "momentum.rsi: missing required signal param 'short_threshold'";
  const path = "body.template.signal_grids.momentum.rsi.short_threshold";
  assert.equal(error.message, message);
  assert.deepEqual(error.details, { errors: [{ path, code: "required", message }] });
});

Deno.test("buildPlan() refuses a largest acceleration below the first one", () => {
  const params = { accel_max: list(0.5, 0.1), accel_start: list(0.02, 0.3), accel_step: list(0.02) };
  const error = refusalOf(() =>
    planOf({ indicator_grids: [{ indicator_id: "trend.psar", params }], signal_grids: {} })
  );
  const message = "trend.psar: axis 'accel_max' expects values >= accel_start, got 0.1 with accel_start 0.3";
  const path = "body.template.indicator_grids.0.params.accel_max";
  assert.deepEqual(error.details, { errors: [{ path, code: "greater_than_equal", message }] });
});

Deno.test("buildPlan() refuses one indicator beyond the guard with empty details", () => {
  const error = refusalOf(() => planOf({}, { maxVariants: 5 }));
  assert.equal(
    error.message,
    "variants exceed guard: variants=6, max_variants_guard=5; axes: ma.sma.window 3, ma.sma.source 2",
  );
  assert.deepEqual(error.details, {});
});

Deno.test("buildPlan() names the axes of a sweep that is too large, and which of them nobody sent", () => {
  const names = ["close", "hlc3", "ohlc4", "low", "high", "open"];
  const defaults = {
    "ma.sma": { axes: { source: list(...names), window: range(2, 400) }, signals: {} },
    "momentum.rsi": {
      axes: { source: list(...names), window: range(2, 60) },
      signals: { long_threshold: range(1, 40), short_threshold: range(60, 99) },
    },
  };
  const error = refusalOf(() =>
    planOf({
      indicator_grids: [
        { indicator_id: "ma.sma", params: { window: list(10, 20) } },
        { indicator_id: "momentum.rsi", params: {} },
      ],
      signal_grids: {},
    }, { defaults })
  );
  assert.equal(
    error.message,
    "Backtest variants guard exceeded: 6796800 variants, 600000 are allowed; axes: " +
      "momentum.rsi.window 59 (default), momentum.rsi.signal.long_threshold 40 (default), " +
      "momentum.rsi.signal.short_threshold 40 (default), ma.sma.source 6 (default), " +
      "momentum.rsi.source 6 (default), ma.sma.window 2; send an axis to replace its default",
  );
});

Deno.test("buildPlan() refuses totals beyond 2^53 without spelling them out", () => {
  const axes = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`axis_${i}`, range(1, 1_000_000)]));
  const signals = { "momentum.rsi": { ...template.signal_grids["momentum.rsi"], ...axes } };
  const error = refusalOf(() => planOf({ signal_grids: signals }, { stored: true }));
  assert.match(
    error.message,
    /^Backtest variants guard exceeded: about 7\.20e\d{5} variants, 600000 are allowed; axes: /,
  );
  assert.match(error.message, /momentum\.rsi\.signal\.axis_0 1000000, .*, and 1993 more$/);
  assert.deepEqual(error.details, {
    error: "max_variants_per_compute_exceeded",
    max_variants_per_compute: 600_000,
    stage: "stage_a",
    total_variants: Number.MAX_SAFE_INTEGER,
  });
});

function refusalOf(task: () => unknown): BacktestError {
  try {
    task();
  } catch (error) {
    assert.ok(error instanceof BacktestError, String(error));
    assert.equal(error.code, "validation_error");
    return error;
  }
  throw new Error("Expected a validation error");
}
