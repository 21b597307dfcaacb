import type { RiskSettings } from "../execution/mod.ts";
import { decodeMixedRadix, encodeMixedRadix } from "../numbers/mod.ts";
import type { Axis } from "./axis.ts";
import type { IndicatorGrid, SweepPlan } from "./plan.ts";

/** What the indexes of a plan are made of. */
export type IndexedPlan = Pick<SweepPlan, "indicators" | "signalTotal">;

/** A base variant by its position on every indicator's own grids, in the order of `plan.indicators`. */
export interface StageAPoint {
  /** Which combination of compute axes, `0 <= compute[i] < indicators[i].variants`. */
  readonly compute: readonly number[];
  /** Which combination of signal axes, `0 <= signal[i] < indicators[i].signalCombinations`. */
  readonly signal: readonly number[];
}

/** The point of a stage A index, `0 <= stageAIndex < plan.stageATotal`. */
export function decodeStageA(plan: IndexedPlan, stageAIndex: number): StageAPoint {
  const { indicators, signalTotal } = plan;
  return {
    compute: decodeMixedRadix(Math.floor(stageAIndex / signalTotal), indicators.map(computeRadix)),
    signal: decodeMixedRadix(stageAIndex % signalTotal, indicators.map(signalRadix)),
  };
}

/** The stage A index of a point. */
export function encodeStageA(plan: IndexedPlan, point: StageAPoint): number {
  const computeIndex = encodeMixedRadix(point.compute, plan.indicators.map(computeRadix));
  return computeIndex * plan.signalTotal + encodeMixedRadix(point.signal, plan.indicators.map(signalRadix));
}

/** For each of `axes` the position of its value in combination `index`, the last axis running fastest. */
export function axisPositions(axes: readonly Axis[], index: number): number[] {
  return decodeMixedRadix(index, axes.map((axis) => axis.values.length));
}

/** Stop and target of a risk index, `0 <= riskIndex < plan.riskTotal`. */
export function riskAt(plan: Pick<SweepPlan, "risk">, riskIndex: number): RiskSettings {
  const { sl, tp } = plan.risk;
  const stop = sl[Math.floor(riskIndex / tp.length)]!;
  const target = tp[riskIndex % tp.length]!;
  return { sl_enabled: stop !== null, sl_pct: stop, tp_enabled: target !== null, tp_pct: target };
}

function computeRadix(indicator: IndicatorGrid): number {
  return indicator.variants;
}

function signalRadix(indicator: IndicatorGrid): number {
  return indicator.signalCombinations;
}
