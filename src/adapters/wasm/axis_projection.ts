import { type Axis, axisPositions } from "../../core/grid/mod.ts";
import type { AxisValues } from "./series/series_kernel.ts";

/** The combinations of a grid's axes as far as some of them are concerned. */
export interface AxisProjection {
  /** How many different combinations there are. */
  readonly count: number;
  /** Which of them combination `index` of all axes belongs to. */
  of(index: number): number;
  /** The values of the projected axes. */
  values(projected: number): AxisValues;
}

/** Projects mixed radix combinations (last axis fastest) onto the axes named. */
export function projectAxes(axes: readonly Axis[], names: readonly string[]): AxisProjection {
  const kept = axes.filter((axis) => names.includes(axis.name));
  const lengths = axes.map((axis) => axis.values.length);
  const weights = axes.map((axis) =>
    kept.includes(axis) ? product(kept.slice(kept.indexOf(axis) + 1).map(({ values }) => values.length)) : 0
  );
  return {
    count: product(kept.map(({ values }) => values.length)),
    of(index) {
      let rest = index;
      let projected = 0;
      for (let i = lengths.length - 1; i >= 0; i--) {
        projected += (rest % lengths[i]!) * weights[i]!;
        rest = Math.floor(rest / lengths[i]!);
      }
      return projected;
    },
    values(projected) {
      const positions = axisPositions(kept, projected);
      return Object.fromEntries(kept.map(({ name, values }, i) => [name, values[positions[i]!]!]));
    },
  };
}

function product(factors: readonly number[]): number {
  return factors.reduce((total, factor) => total * factor, 1);
}
