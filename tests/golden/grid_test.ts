import {
  type AxisSpec,
  baseVariantKey,
  checkGuards,
  checkIndicator,
  estimateMemoryBytes,
  type IndicatorGrid,
  indicatorVariantKey,
  materializeAxis,
  riskAt,
  type SweepPlan,
  variantKey,
  variantPayload,
} from "../../src/core/grid/mod.ts";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { BacktestError } from "../../src/core/errors/mod.ts";
import type { RiskSettings } from "../../src/core/execution/mod.ts";
import { type AxisKind } from "../../src/core/grid/axis.ts";
import { isIntegerRange } from "../../src/core/numbers/mod.ts";
import { byTotalReturn } from "../../src/core/ranking/mod.ts";
import { pythonFloat, pythonInt } from "../../src/core/text/mod.ts";

interface StagedRun {
  readonly stage_a_variants_total: number;
  readonly stage_b_variants_total: number;
  readonly estimated_memory_bytes: number;
  readonly stage_a: readonly {
    readonly stage_a_index: number;
    readonly selections: readonly {
      readonly id: string;
      readonly inputs: unknown;
      readonly params: unknown;
    }[];
    readonly signal_params: unknown;
    readonly indicator_variant_key: string;
    readonly base_variant_key: string;
  }[];
  readonly shortlist: readonly (readonly [stageAIndex: number, key: string, totalReturnPct: number])[];
  readonly stage_b: readonly {
    readonly variant_index: number;
    readonly variant_key: string;
    readonly risk: RiskSettings;
  }[];
}

interface GuardCase {
  readonly name: string;
  readonly limits: {
    readonly preselect: number;
    readonly max_variants_per_compute?: number;
    readonly max_compute_bytes_total?: number;
  };
  readonly error: {
    readonly message?: string;
    readonly payload?: { readonly error: { readonly message: string; readonly details: unknown } };
  };
}

interface RangeCase {
  readonly start: string;
  readonly stop_incl: string;
  readonly step: string;
  readonly count: number;
  readonly values_json: readonly string[];
}

const { cases: ranges } = read<{ cases: RangeCase[] }>("ranges");
const { cases: guards } = read<{ cases: GuardCase[] }>("guards");
const staged = read<StagedRun>("staged-run");
const stagedPlan = planOfStagedRun();
// the keys of these vectors are made of the one number that was sent
const keyedPlan = { ...stagedPlan, execution: { fee_pct: 0.05 } };

for (const { start, stop_incl, step, count, values_json: texts } of ranges) {
  Deno.test(`materializeAxis() golden ${start}..${stop_incl} step ${step}`, () => {
    const spec = { mode: "range", start: +start, stop_incl: +stop_incl, step: +step } as const;
    const { values, integral } = materializeAxis(spec, rulesOf("x", "signal"));
    assert.equal(values.length, count);
    const printed = values.map((value, i) => (integral[i] ? pythonInt : pythonFloat)(Number(value)));
    const gap = texts.indexOf("...");
    const shown = gap < 0
      ? printed
      : [...printed.slice(0, gap), "...", ...printed.slice(gap + 1 - texts.length)];
    // Whole numbers written with a point are integers here, as they are at the edge of the service.
    const written = [start, stop_incl, step].some((text) => text.includes(".")) && isIntegerRange(spec)
      ? texts.map((text) => text.replace(/\.0$/, ""))
      : texts;
    assert.deepEqual(shown, written);
  });
}

Deno.test("S000-21 staged run golden: totals and memory", () => {
  assert.equal(stagedPlan.stageATotal, staged.stage_a_variants_total);
  assert.equal(stagedPlan.stageBTotal, staged.stage_b_variants_total);
  assert.equal(estimateMemoryBytes(stagedPlan, 600), staged.estimated_memory_bytes);
});

Deno.test("S000-41 staged run golden: every base variant and its keys", () => {
  assert.equal(staged.stage_a.length, 48);
  for (const row of staged.stage_a) {
    const payload = variantPayload(stagedPlan, { stageAIndex: row.stage_a_index, riskIndex: null });
    const selections = row.selections.map(({ id, inputs, params }) => ({ indicator_id: id, inputs, params }));
    assert.deepEqual(payload.indicator_selections, selections);
    assert.deepEqual(payload.signal_params, row.signal_params);
    assert.equal(indicatorVariantKey(keyedPlan, row.stage_a_index), row.indicator_variant_key);
    assert.equal(baseVariantKey(keyedPlan, row.stage_a_index), row.base_variant_key);
  }
});

Deno.test("S000-41 staged run golden: every expanded variant and its key", () => {
  for (const { variant_index: variantIndex, variant_key: key, risk } of staged.stage_b) {
    const [stageAIndex] = staged.shortlist[Math.floor(variantIndex / stagedPlan.riskTotal)]!;
    const riskIndex = variantIndex % stagedPlan.riskTotal;
    assert.deepEqual(riskAt(stagedPlan, riskIndex), risk);
    assert.equal(variantKey(keyedPlan, { stageAIndex, riskIndex }), key);
  }
});

for (const { name, limits, error } of guards) {
  Deno.test(`checkGuards() golden ${name}`, () => {
    const maxVariants = limits.max_variants_per_compute ?? 600_000;
    const maxBytes = limits.max_compute_bytes_total ?? 5_368_709_120;
    const shortlistTotal = Math.min(limits.preselect, stagedPlan.stageATotal);
    const plan = { ...stagedPlan, shortlistTotal, stageBTotal: shortlistTotal * stagedPlan.riskTotal };
    const refuse = () => {
      for (const { variants } of plan.indicators) {
        checkIndicator(BigInt(variants), { maxVariants, axes: [] });
      }
      checkGuards(plan, { maxVariants, maxBytes, bars: 600 });
    };
    assert.throws(refuse, (thrown) => {
      const { code, message, details } = thrown as BacktestError;
      assert.equal(code, "validation_error");
      assert.equal(message, error.payload?.error.message ?? error.message);
      // Compared as text: the order of members counts.
      assert.equal(JSON.stringify(details), JSON.stringify(error.payload?.error.details ?? {}));
      return true;
    });
  });
}

function planOfStagedRun(): SweepPlan {
  const list = (...values: (number | string)[]): AxisSpec => ({ mode: "explicit", values });
  const axis = (name: string, kind: AxisKind, spec: AxisSpec) => materializeAxis(spec, rulesOf(name, kind));
  const sma: IndicatorGrid = {
    indicatorId: "ma.sma",
    axes: [
      axis("source", "source", list("hlc3", "close")),
      axis("window", "int", { mode: "range", start: 10, stop_incl: 20, step: 10 }),
    ],
    variants: 4,
    signalAxes: [],
    signalCombinations: 1,
  };
  const adx: IndicatorGrid = {
    indicatorId: "trend.adx",
    axes: [axis("window", "int", list(14, 7)), axis("smoothing", "int", list(5))],
    variants: 2,
    signalAxes: [
      axis("long_delta_periods", "signal", list(-2, -1)),
      axis("short_delta_periods", "signal", list(-3, -4, -5)),
    ],
    signalCombinations: 6,
  };
  return {
    instrument: { market_id: 1, symbol: "TESTUSDT" },
    timeframe: "1h",
    indicators: [sma, adx],
    signalTotal: 6,
    axisSizes: [],
    stageATotal: 48,
    risk: { sl: [1, 2.5], tp: [2, 3] },
    riskTotal: 4,
    shortlistTotal: 5,
    expandsAll: false,
    stageBTotal: 20,
    ranking: byTotalReturn,
    directionMode: "long-short",
    sizingMode: "all_in",
    execution: {
      init_cash_quote: 10000,
      fixed_quote: 100,
      safe_profit_percent: 30,
      fee_pct: 0.05,
      slippage_pct: 0.01,
    },
  };
}

function rulesOf(name: string, kind: AxisKind) {
  return { name, kind, owner: "golden", path: "golden" };
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`data/grid/${name}.json`, import.meta.url), "utf8"));
}
