import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import { timeframeMs as lengthOf } from "../../src/core/bars/mod.ts";
import type { RulesSpec } from "../../src/core/rules/mod.ts";
import { indicatorVariantKey, type SweepPlan, variantKey, variantPayload } from "../../src/core/grid/mod.ts";
import { buildPlan } from "../../src/request/plan.ts";
import { parseTemplate } from "../../src/request/parse.ts";
import type { EffectiveTemplate } from "../../src/request/template.ts";
import { loadGolden } from "../helpers/golden.ts";
import { type GoldenRules, goldenRules, rulesWorld } from "../helpers/golden_rules.ts";
import { heldColumns } from "../helpers/rule_bars.ts";

for (const strategy of await goldenRules()) {
  Deno.test(`rules ${strategy.name}: a sweep has the golden keys, parameters, trades and return`, async () => {
    const plan = planOf(strategy);
    const { variant, params } = strategy;
    assert.equal(plan.stageATotal, strategy.variants);
    assert.equal(indicatorVariantKey(plan, variant), strategy.indicator_variant_key);
    assert.equal(variantKey(plan, { stageAIndex: variant, riskIndex: 0 }), strategy.variant_key);
    const { rule_params, indicator_selections } = variantPayload(plan, {
      stageAIndex: variant,
      riskIndex: 0,
    });
    assert.deepEqual([rule_params, indicator_selections], [params, undefined]);
    await using compute = createInProcessCompute();
    await using session = await compute.open({ timeline: await timelineOf(strategy), plan });
    const replay = await session.replay({ stageAIndex: variant, riskIndex: 0 });
    assert.deepEqual(replay.trades, strategy.trades);
    assert.equal(replay.total_return_pct, strategy.total_return_pct);
    assert.equal(replay.equity_end_quote, strategy.equity_end_quote);
    const { scores } = await session.scoreRisk([variant], { keep: 1, floor: -Infinity });
    assert.deepEqual([...scores], [strategy.total_return_pct]);
  });
}

type SweepCase = GoldenRules & {
  readonly kept: number;
  readonly variants: readonly {
    readonly index: number;
    readonly params: Readonly<Record<string, number | string>>;
    readonly indicator_variant_key: string;
    readonly variant_key: string;
    readonly trades: number;
    readonly total_return_pct: number;
  }[];
};

const { sweeps } = await loadGolden<{ sweeps: readonly SweepCase[] }>("rules/sweeps.json");

for (const sweep of sweeps) {
  Deno.test(`rules ${sweep.name}: every kept variant has its golden keys, trades and return`, async () => {
    const plan = planOf(sweep);
    await using compute = createInProcessCompute();
    await using session = await compute.open({ timeline: await timelineOf(sweep), plan });
    const { indexes, scores } = await session.scoreBase({ from: 0, to: plan.stageATotal }, {
      keep: plan.stageATotal,
      floor: -Infinity,
    });
    const scoreOf = new Map(Array.from(indexes, (index, i) => [index, scores[i]]));
    assert.equal(plan.stageATotal, sweep.kept);
    for (const { index, ...golden } of sweep.variants) {
      const point = { stageAIndex: index, riskIndex: 0 };
      assert.deepEqual(variantPayload(plan, point).rule_params, golden.params);
      assert.equal(indicatorVariantKey(plan, index), golden.indicator_variant_key);
      assert.equal(variantKey(plan, point), golden.variant_key);
      const { trades, total_return_pct } = await session.replay(point);
      assert.equal(trades.length, golden.trades);
      assert.equal(total_return_pct, golden.total_return_pct);
      assert.equal(
        scoreOf.get(index),
        (await session.replay({ ...point, riskIndex: null })).total_return_pct,
      );
    }
  });
}

function planOf({ request }: Pick<GoldenRules, "request">): SweepPlan {
  const { template } = request as unknown as { readonly template: { readonly rules: RulesSpec } };
  return buildPlan({ template: parseTemplate(template) as EffectiveTemplate, preselect: 1000 }, {
    defaults: {},
    maxVariants: 1_000_000,
  });
}

async function timelineOf(strategy: GoldenRules) {
  const { bars } = await rulesWorld(strategy);
  const { request } = strategy as unknown as {
    readonly request: { readonly time_range: { readonly start: string; readonly end: string } };
  };
  const timeframeMs = lengthOf(strategy.request.template.timeframe);
  const [startMs, endMs] = [request.time_range.start, request.time_range.end].map(Date.parse);
  const within = bars.openMs.map((ms) => ms + timeframeMs >= startMs! && ms + timeframeMs < endMs!);
  const slice = { start: within.indexOf(true), stop: within.lastIndexOf(true) + 1 };
  return { ...heldColumns(bars), timeframeMs, slice };
}
