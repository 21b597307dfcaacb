import assert from "node:assert/strict";
import fc from "fast-check";
import { byTotalReturn } from "../ranking/mod.ts";
import type { Axis } from "./axis.ts";
import { decodeStageA, encodeStageA, riskAt } from "./grid.ts";
import { variantPayload } from "./variant_payload.ts";
import type { IndicatorGrid, SweepPlan } from "./plan.ts";

const axis = (name: string, values: readonly (number | string)[]): Axis => ({
  name,
  kind: name === "source" ? "source" : "int",
  values,
  integral: values.map(() => true),
});
const size = (axes: readonly Axis[]) => axes.reduce((total, { values }) => total * values.length, 1);
const indicator = (
  indicatorId: string,
  axes: readonly Axis[],
  signalAxes: readonly Axis[],
): IndicatorGrid => ({
  indicatorId,
  axes,
  variants: size(axes),
  signalAxes,
  signalCombinations: size(signalAxes),
});

function planOf(indicators: readonly IndicatorGrid[]): SweepPlan {
  const product = (numbers: number[]) => numbers.reduce((total, n) => total * n, 1);
  const signalTotal = product(indicators.map((grid) => grid.signalCombinations));
  const stageATotal = product(indicators.map((grid) => grid.variants)) * signalTotal;
  return {
    instrument: { market_id: 1, symbol: "X" },
    timeframe: "1h",
    indicators,
    signalTotal,
    axisSizes: [],
    stageATotal,
    risk: { sl: [1, 2.5], tp: [null] },
    riskTotal: 2,
    shortlistTotal: stageATotal,
    expandsAll: false,
    stageBTotal: stageATotal * 2,
    ranking: byTotalReturn,
    directionMode: "long-short",
    sizingMode: "all_in",
    execution: { init_cash_quote: 1, fixed_quote: 1, safe_profit_percent: 0, fee_pct: 0, slippage_pct: 0 },
  };
}

const plan = planOf([
  indicator("ma.sma", [axis("source", ["hlc3", "close"]), axis("window", [10, 20])], []),
  indicator("trend.adx", [axis("window", [14, 7]), axis("smoothing", [5])], [
    axis("long", [-2, -1]),
    axis("short", [-3, -4, -5]),
  ]),
]);

Deno.test("decodeStageA() runs signal axes fastest, then later indicators, then later axes", () => {
  assert.deepEqual(decodeStageA(plan, 1), { compute: [0, 0], signal: [0, 1] });
  assert.deepEqual(decodeStageA(plan, 6), { compute: [0, 1], signal: [0, 0] });
  assert.deepEqual(decodeStageA(plan, 12), { compute: [1, 0], signal: [0, 0] });
  assert.deepEqual(decodeStageA(plan, 24), { compute: [2, 0], signal: [0, 0] });
  assert.deepEqual(decodeStageA(plan, 47), { compute: [3, 1], signal: [0, 5] });
});

Deno.test("variantPayload() writes a variant out", () => {
  assert.deepEqual(variantPayload(plan, { stageAIndex: 47, riskIndex: 1 }), {
    indicator_selections: [
      { indicator_id: "ma.sma", inputs: { source: "close" }, params: { window: 20 } },
      { indicator_id: "trend.adx", inputs: {}, params: { window: 7, smoothing: 5 } },
    ],
    signal_params: { "trend.adx": { long: -1, short: -5 } },
    risk_params: { sl_enabled: true, sl_pct: 2.5, tp_enabled: false, tp_pct: null },
    execution_params: plan.execution,
    direction_mode: "long-short",
    sizing_mode: "all_in",
  });
  assert.deepEqual(variantPayload(plan, { stageAIndex: 0, riskIndex: null }).risk_params.sl_enabled, false);
});

Deno.test("riskAt() runs targets inside stops", () => {
  const both = { ...plan, risk: { sl: [1, 2], tp: [5, 6, 7] }, riskTotal: 6 };
  assert.deepEqual([0, 1, 2, 3].map((index) => [riskAt(both, index).sl_pct, riskAt(both, index).tp_pct]), [
    [1, 5],
    [1, 6],
    [1, 7],
    [2, 5],
  ]);
});

Deno.test("encodeStageA() undoes decodeStageA() and no two indexes share a variant", () => {
  const axes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }).map((lengths) =>
    lengths.map((length, i) => axis(`a${i}`, Array.from({ length }, (_, k) => k)))
  );
  const grids = fc.array(fc.tuple(axes, axes), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(grids, (pairs) => {
      const swept = planOf(pairs.map(([compute, signal], i) => indicator(`id${i}`, compute, signal)));
      fc.pre(swept.stageATotal <= 1000);
      const seen = new Set<string>();
      for (let index = 0; index < swept.stageATotal; index++) {
        assert.equal(encodeStageA(swept, decodeStageA(swept, index)), index);
        const { indicator_selections, signal_params } = variantPayload(swept, {
          stageAIndex: index,
          riskIndex: null,
        });
        seen.add(JSON.stringify([indicator_selections, signal_params]));
      }
      assert.equal(seen.size, swept.stageATotal);
    }),
    { numRuns: 30 },
  );
});
