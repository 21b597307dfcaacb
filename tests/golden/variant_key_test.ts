import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Timeframe } from "../../src/core/bars/mod.ts";
import type {
  DirectionMode,
  ExecutionSettings,
  RiskSettings,
  SizingMode,
} from "../../src/core/execution/mod.ts";
import { type AxisKind } from "../../src/core/grid/axis.ts";
import { type Axis, type IndicatorGrid, indicatorVariantKey, variantKey } from "../../src/core/grid/mod.ts";
import { indicatorVariantText, type KeyedPlan, variantText } from "../../src/core/grid/variant_key.ts";
import { byTotalReturn } from "../../src/core/ranking/mod.ts";

interface Case {
  readonly name: string;
  readonly indicator_json: string;
  readonly indicator_variant_key: string;
  readonly variant_json: string;
  readonly variant_key: string;
}

/** A number of a golden text and whether it was written without a point. */
interface Written {
  readonly value: number;
  readonly integral: boolean;
}

interface IndicatorText {
  readonly indicators: readonly {
    readonly id: string;
    readonly inputs: readonly (readonly [string, string])[];
    readonly params: readonly (readonly [string, Written])[];
  }[];
  readonly instrument_id: string;
  readonly timeframe: Timeframe;
}

interface VariantText {
  readonly direction_mode: DirectionMode;
  readonly execution: Readonly<Record<keyof ExecutionSettings, Written>>;
  readonly risk: RiskSettings & { readonly sl_pct: Written | null; readonly tp_pct: Written | null };
  readonly signals: Readonly<Record<string, Readonly<Record<string, Written>>>>;
  readonly sizing_mode: SizingMode;
}

const file = new URL("data/grid/variant-keys.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

for (const golden of cases) {
  Deno.test(`S000-41 variantKey() golden ${golden.name}`, () => {
    const plan = planOf(golden);
    const variant = { stageAIndex: 0, riskIndex: 0 };
    assert.equal(indicatorVariantText(plan, 0), golden.indicator_json);
    assert.equal(indicatorVariantKey(plan, 0), golden.indicator_variant_key);
    assert.equal(variantText(plan, variant), golden.variant_json);
    assert.equal(variantKey(plan, variant), golden.variant_key);
  });
}

/** A plan of one variant, the one the golden texts describe. Axes are turned round, so that sorting shows. */
function planOf({ indicator_json, variant_json }: Case): KeyedPlan {
  const indicators = parse<IndicatorText>(indicator_json);
  const variant = parse<VariantText>(variant_json);
  const [marketId, symbol = ""] = indicators.instrument_id.split(":");
  const execution = Object.fromEntries(
    Object.entries(variant.execution).reverse().map(([name, written]) => [name, written.value]),
  );
  return {
    instrument: { market_id: Number(marketId), symbol },
    timeframe: indicators.timeframe,
    indicators: indicators.indicators.map(({ id, inputs, params }): IndicatorGrid => ({
      indicatorId: id,
      axes: [
        ...params.map(([name, written]) => axis(name, written.integral ? "int" : "float", written)).reverse(),
        ...inputs.map(([name, value]) => axis(name, "source", { value, integral: false })),
      ],
      variants: 1,
      signalAxes: Object.entries(variant.signals[id] ?? {}).map(([name, written]) =>
        axis(name, "signal", written)
      ),
      signalCombinations: 1,
    })),
    signalTotal: 1,
    axisSizes: [],
    stageATotal: 1,
    risk: { sl: [variant.risk.sl_pct?.value ?? null], tp: [variant.risk.tp_pct?.value ?? null] },
    riskTotal: 1,
    shortlistTotal: 1,
    expandsAll: false,
    stageBTotal: 1,
    ranking: byTotalReturn,
    directionMode: variant.direction_mode,
    sizingMode: variant.sizing_mode,
    execution,
  };
}

function axis(name: string, kind: AxisKind, written: { value: number | string; integral: boolean }): Axis {
  return { name, kind, values: [written.value], integral: [written.integral] };
}

/** JSON.parse that tells `3` from `3.0`. */
function parse<T>(text: string): T {
  const reviver = (_name: string, value: unknown, context: { source?: string }) =>
    typeof value === "number" ? { value, integral: /^-?\d+$/.test(context.source!) } : value;
  return JSON.parse(text, reviver as (name: string, value: unknown) => unknown);
}
