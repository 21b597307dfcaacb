import { buildPlan } from "../../src/request/plan.ts";
import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { type AxisSpec, indicatorVariantKey, type SweepPlan, variantKey } from "../../src/core/grid/mod.ts";
import {
  goldenStrategies,
  type GoldenStrategy,
  strategyRange,
  strategyTimeline,
} from "../helpers/golden_strategies.ts";
import { maskSignal } from "../helpers/mask_signal.ts";
import { finalSignal } from "../oracle/signals.ts";
import { followedRows, overturnedIn } from "./overturned.ts";

const left = overturnedIn("report");
const leftSignals = overturnedIn("strategies");
const variant = { stageAIndex: 0, riskIndex: 0 };
// the reference knows no other year
const daysPerYear = 365;

for (const strategy of await goldenStrategies()) {
  const ids = strategy.indicators.map(({ id }) => id).join(" and ");

  Deno.test(`S000-41 ${strategy.name}: ${ids} has the golden keys`, () => {
    // the keys of these vectors are made of the numbers that were sent
    const plan = { ...planOf(strategy), execution: strategy.execution_request };
    assert.equal(indicatorVariantKey(plan, 0), strategy.indicator_variant_key);
    assert.equal(variantKey(plan, variant), strategy.variant_key);
  });

  const isLeft = leftSignals.has(strategy.name);

  Deno.test(`${strategy.name}: ${ids} has the golden signal, in masks and oracle`, async () => {
    const timeline = await strategyTimeline(strategy);
    const whole = { start: 0, stop: timeline.candles.close.length };
    const plan = { ...planOf(strategy), directionMode: "long-short" } as const;
    const masked = maskSignal({ timeline: { ...timeline, slice: whole }, plan });
    const chosen = strategy.indicators.map(({ id, inputs, params, signal_params }) => ({
      id,
      values: { ...inputs, ...params },
      signals: signal_params,
    }));
    assert.equal(finalSignal(timeline.candles, chosen).join(""), masked);
    assert.equal(masked === strategy.final_signal, !isLeft);
  });

  if (isLeft) continue;

  Deno.test(`${strategy.name}: ${ids} has the golden trades, return and report`, async () => {
    const timeline = await strategyTimeline(strategy);
    const plan = planOf(strategy);
    await using compute = createInProcessCompute();
    await using session = await compute.open({ timeline, plan });
    const replay = await session.replay(variant);
    const { trades, total_return_pct, equity_end_quote, available_quote, safe_quote } = strategy;
    assert.deepEqual(replay, { trades, total_return_pct, equity_end_quote, available_quote, safe_quote });
    const { scores } = await session.scoreRisk([0], { keep: 1, floor: -Infinity });
    assert.deepEqual([...scores], [total_return_pct]);
    const requestRange = strategyRange(strategy);
    const report = await session.report(variant, { requestRange, daysPerYear, withTrades: true });
    const { candles: { tsOpenMs }, timeframeMs } = timeline;
    const closeOf = (bar: number) => new Date(tsOpenMs[bar]! + timeframeMs).toISOString();
    assert.deepEqual(
      report.trades,
      trades.map((trade) => ({
        ...trade,
        entry_ts: closeOf(trade.entry_bar_index),
        exit_ts: closeOf(trade.exit_bar_index),
      })),
    );
    assert.equal(report.totalReturnPct, total_return_pct);
    const kept = { vector: strategy.name, left };
    const rows = report.rows.map(({ metric, value }) => [metric, value] as const);
    assert.deepEqual(followedRows(rows, kept), followedRows(strategy.rows, kept));
  });
}

Deno.test("every overturned strategy is a golden one", () => {
  assert.deepEqual(leftSignals.unmet(), []);
});

/** The plan of a request for this one variant. */
function planOf(strategy: GoldenStrategy): SweepPlan {
  const [marketId, symbol = ""] = strategy.instrument_id.split(":");
  const { sl_enabled, sl_pct, tp_enabled, tp_pct } = strategy.risk;
  return buildPlan({
    template: {
      instrument_id: { market_id: Number(marketId), symbol },
      timeframe: strategy.timeframe,
      indicator_grids: strategy.indicators.map(({ id, inputs: { source }, params }) => ({
        indicator_id: id,
        params: single(params),
        ...(source === undefined ? {} : { source: list(source) }),
      })),
      signal_grids: Object.fromEntries(
        strategy.indicators.map(({ id, signal_params }) => [id, single(signal_params)]),
      ),
      risk_grid: {
        sl_enabled,
        tp_enabled,
        ...(sl_pct === null ? {} : { sl_pct }),
        ...(tp_pct === null ? {} : { tp_pct }),
      },
      direction_mode: strategy.direction_mode,
      sizing_mode: strategy.sizing_mode,
      execution: strategy.execution_resolved,
    },
    preselect: 1,
  }, { defaults: {}, maxVariants: 1 });
}

function single(values: Readonly<Record<string, number>>): Record<string, AxisSpec> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, list(value)]));
}

function list(value: number | string): AxisSpec {
  return { mode: "explicit", values: [value] };
}
