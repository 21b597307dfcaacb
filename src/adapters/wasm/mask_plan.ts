import { findIndicator, type IndicatorDefinition } from "../../core/catalogue/mod.ts";
import { type ErrorItem, validationError } from "../../core/errors/mod.ts";
import { decodeStageA, type IndicatorGrid, type SweepPlan } from "../../core/grid/mod.ts";
import { type AxisProjection, projectAxes } from "./axis_projection.ts";
import { seriesKernels } from "./indicator_series.ts";
import { type RuleKernel, ruleKernels } from "./rule_kernels.ts";
import type { SeriesKernel } from "./series/series_kernel.ts";

/** The different mask pairs of one indicator: one per (series, signal values). */
export interface IndicatorMasks {
  readonly kernel: SeriesKernel;
  readonly rule: RuleKernel;
  readonly series: AxisProjection;
  readonly rules: AxisProjection;
  /** Key of its first mask pair; keys number the mask pairs of all indicators. */
  readonly firstKey: number;
  /** Position of its first series among the series of all indicators. */
  readonly firstSeries: number;
}

/** The different mask pairs of a sweep. */
export interface MaskPlan {
  readonly indicators: readonly IndicatorMasks[];
  readonly maskPairs: number;
  /** Series held at the same time: one per indicator, two where the rule reads two. */
  readonly seriesTotal: number;
}

/** What one indicator contributes to one variant. */
export interface MaskChoice {
  readonly key: number;
  readonly series: number;
  readonly rule: number;
}

/**
 * Finds kernel and rule of every indicator. Throws `validation_error` when an indicator has no rule or a signal
 * parameter of its rule is missing.
 */
export function planMasks(plan: SweepPlan): MaskPlan {
  refuse(plan.indicators.flatMap(findingsOf));
  let maskPairs = 0;
  let seriesTotal = 0;
  const indicators = plan.indicators.map((grid): IndicatorMasks => {
    const definition = findIndicator(grid.indicatorId)!;
    const kernel = seriesKernels[definition.id];
    const series = projectAxes(grid.axes, effectiveAxes(definition));
    const rules = projectAxes(grid.signalAxes, definition.signalParams);
    const first = { firstKey: maskPairs, firstSeries: seriesTotal };
    maskPairs += series.count * rules.count;
    seriesTotal += kernel.computeSecond === undefined ? 1 : 2;
    return { kernel, rule: ruleKernels[definition.rule!], series, rules, ...first };
  });
  return { indicators, maskPairs, seriesTotal };
}

/** The mask pair of every indicator in a base variant, in the order of the plan. */
export function maskChoices(
  { indicators }: MaskPlan,
  at: { readonly plan: SweepPlan; readonly stageAIndex: number },
): MaskChoice[] {
  const point = decodeStageA(at.plan, at.stageAIndex);
  return indicators.map(({ series, rules, firstKey }, i) => {
    const chosen = { series: series.of(point.compute[i]!), rule: rules.of(point.signal[i]!) };
    return { ...chosen, key: firstKey + chosen.series * rules.count + chosen.rule };
  });
}

/** Names of the axes that change the series. */
function effectiveAxes({ axes }: IndicatorDefinition): string[] {
  return axes.filter((axis) => !axis.inert).map((axis) => axis.name);
}

function findingsOf({ indicatorId, signalAxes }: IndicatorGrid): ErrorItem[] {
  const definition = findIndicator(indicatorId);
  if (definition === undefined || definition.rule === null) {
    const message = `Unsupported indicator_id for signals v1: ${indicatorId}`;
    return [{ path: "indicators", code: "unsupported_indicator", message }];
  }
  return definition.signalParams
    .filter((name) => !signalAxes.some((axis) => axis.name === name))
    .map((name) => ({
      path: `signal_grids.${indicatorId}.${name}`,
      code: "required",
      message: `${indicatorId}: missing required signal param '${name}'`,
    }));
}

function refuse(items: readonly ErrorItem[]): void {
  if (items.length > 0) throw validationError(items[0]!.message, items);
}
