import { type DirectionMode, type ExecutionSettings, noRisk, type SizingMode } from "../execution/mod.ts";
import { type Combination, ruleParams } from "../rules/mod.ts";
import type { Axis } from "./axis.ts";
import { axisPositions, decodeStageA, riskAt } from "./grid.ts";
import type { IndicatorGrid, SweepPlan } from "./plan.ts";

/** One chosen point of the indicator axes. */
export interface IndicatorPoint {
  readonly indicator_id: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, number>>;
}

/** A variant written out, as stored in `payload_json` and returned by the API. */
export interface VariantPayload {
  /** Absent beside `rule_params`. */
  readonly indicator_selections?: readonly IndicatorPoint[];
  readonly signal_params?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Of a strategy in rules: its parameters by name. */
  readonly rule_params?: Combination;
  readonly risk_params: {
    readonly sl_enabled: boolean;
    readonly sl_pct: number | null;
    readonly tp_enabled: boolean;
    readonly tp_pct: number | null;
  };
  readonly execution_params: ExecutionSettings;
  readonly direction_mode: DirectionMode;
  readonly sizing_mode: SizingMode;
}

/** A variant written out; `riskIndex` null is the base variant, stop and target off. */
export function variantPayload(
  plan: SweepPlan,
  { stageAIndex, riskIndex }: { readonly stageAIndex: number; readonly riskIndex: number | null },
): VariantPayload {
  return {
    ...(plan.rules === undefined
      ? indicatorPayload(plan, stageAIndex)
      : { rule_params: ruleParams(plan.rules, stageAIndex) }),
    risk_params: riskIndex === null ? noRisk : riskAt(plan, riskIndex),
    execution_params: plan.execution,
    direction_mode: plan.directionMode,
    sizing_mode: plan.sizingMode,
  };
}

function indicatorPayload(
  plan: SweepPlan,
  stageAIndex: number,
): Pick<VariantPayload, "indicator_selections" | "signal_params"> {
  const point = decodeStageA(plan, stageAIndex);
  return {
    indicator_selections: plan.indicators.map((indicator, i) => selection(indicator, point.compute[i]!)),
    signal_params: Object.fromEntries(
      plan.indicators.flatMap(({ indicatorId, signalAxes }, i) =>
        signalAxes.length === 0 ? [] : [[indicatorId, named(signalAxes, point.signal[i]!)]]
      ),
    ),
  };
}

function selection(indicator: IndicatorGrid, index: number): IndicatorPoint {
  const positions = axisPositions(indicator.axes, index);
  const inputs: Record<string, string> = {};
  const params: Record<string, number> = {};
  indicator.axes.forEach(({ kind, name, values }, i) => {
    if (kind === "source") inputs[name] = values[positions[i]!] as string;
    else params[name] = values[positions[i]!] as number;
  });
  return { indicator_id: indicator.indicatorId, inputs, params };
}

function named(axes: readonly Axis[], index: number): Readonly<Record<string, number>> {
  const positions = axisPositions(axes, index);
  return Object.fromEntries(axes.map((axis, i) => [axis.name, axis.values[positions[i]!] as number]));
}
