import { encodeMixedRadix } from "../numbers/mod.ts";
import { type PlannedRules, preparedRules, stridesOf } from "../rules/mod.ts";
import type { Axis } from "./axis.ts";
import { axisPositions, decodeStageA, encodeStageA } from "./grid.ts";
import type { SweepPlan } from "./plan.ts";
import { ruleAxisName } from "./rule_axis_name.ts";

/** An axis of parameters, and where a variant is on it. */
export interface ParameterAxis {
  /** As heat maps name it. */
  readonly name: string;
  readonly values: readonly (number | string)[];
  readonly position: number;
}

/** Which axis is moved on, counted from 0, and to which position. */
export interface AxisStep {
  readonly axis: number;
  readonly to: number;
}

/** Everything a base variant may vary in, seen from one of them. */
export interface ParameterSpace {
  /** In plan order. */
  readonly axes: readonly ParameterAxis[];
  /** The stage A index after some axes were moved to other positions; null where that is no variant. */
  indexAfter(steps: readonly AxisStep[]): number | null;
}

interface LocatedAxis extends ParameterAxis {
  readonly axis: Axis;
  readonly indicator: number;
  readonly part: "compute" | "signal";
}

/** The grids of indicators around a base variant. */
export function gridSpace(plan: SweepPlan, stageAIndex: number): ParameterSpace {
  const point = decodeStageA(plan, stageAIndex);
  const axes = plan.indicators.flatMap(({ indicatorId, axes, signalAxes }, indicator) => {
    const located = (part: "compute" | "signal", list: readonly Axis[]) => {
      const at = axisPositions(list, point[part][indicator]!);
      const prefix = part === "compute" ? indicatorId : `${indicatorId}.signal`;
      return list.map((axis, i): LocatedAxis => ({
        name: `${prefix}.${axis.name}`,
        values: axis.values,
        position: at[i]!,
        axis,
        indicator,
        part,
      }));
    };
    return [...located("compute", axes), ...located("signal", signalAxes)];
  });
  return {
    axes,
    indexAfter(steps) {
      const moved = { compute: [...point.compute], signal: [...point.signal] };
      for (const { axis: place, to } of steps) {
        const { axis, indicator, part } = axes[place]!;
        const { axes: compute, signalAxes } = plan.indicators[indicator]!;
        const list = part === "compute" ? compute : signalAxes;
        const digits = axisPositions(list, moved[part][indicator]!);
        digits[list.indexOf(axis)] = to;
        moved[part][indicator] = encodeMixedRadix(digits, list.map(({ values }) => values.length));
      }
      return encodeStageA(plan, moved);
    },
  };
}

/** The parameters of rules around a kept combination. */
export function ruleSpace(planned: PlannedRules, stageAIndex: number): ParameterSpace {
  const { rules: { params, combinations } } = preparedRules(planned);
  const place = combinations.placeOf(stageAIndex);
  const positions = combinations.positionsAt(place);
  const strides = stridesOf(params);
  return {
    axes: params.map(({ name, values }, i) => ({
      name: ruleAxisName(name),
      values,
      position: positions[i]!,
    })),
    indexAfter: (steps) =>
      combinations.indexOf(
        steps.reduce((moved, { axis, to }) => moved + (to - positions[axis]!) * strides[axis]!, place),
      ),
  };
}
