import type { Axis } from "./axis.ts";
import type { LongestLookback } from "../bars/mod.ts";
import { lookbackBars } from "../catalogue/mod.ts";

/** An indicator and all that varies in it. */
export interface IndicatorAxes {
  readonly indicatorId: string;
  readonly axes: readonly Pick<Axis, "name" | "values">[];
}

/**
 * The longest lookback of every indicator of a grid, in the grid's order. A lookback grows or falls with each parameter,
 * so the ends of the axes are enough to look at.
 */
export function longestLookbacks(
  indicators: readonly IndicatorAxes[],
): readonly LongestLookback[] {
  return indicators.map(({ indicatorId, axes }) => {
    let longest: LongestLookback = { indicatorId, bars: -1, params: "" };
    for (const values of corners(axes)) {
      const bars = lookbackBars(indicatorId, values);
      if (bars <= longest.bars) continue;
      const numbers = Object.entries(values).filter(([, value]) => typeof value === "number");
      longest = { indicatorId, bars, params: numbers.map(([name, value]) => `${name}=${value}`).join(" ") };
    }
    return longest;
  });
}

/** Every combination of the smallest and the largest value of each axis. */
function corners(axes: IndicatorAxes["axes"]): Readonly<Record<string, number | string>>[] {
  return axes.reduce<Readonly<Record<string, number | string>>[]>(
    (combinations, { name, values }) =>
      ends(values).flatMap((value) => combinations.map((chosen) => ({ ...chosen, [name]: value }))),
    [{}],
  );
}

function ends(values: readonly (number | string)[]): readonly (number | string)[] {
  const numbers = values.filter((value) => typeof value === "number");
  // a text is a source or the like; no lookback depends on it
  if (numbers.length === 0) return values.slice(0, 1);
  const smallest = numbers.reduce((a, b) => Math.min(a, b));
  const largest = numbers.reduce((a, b) => Math.max(a, b));
  return smallest === largest ? [smallest] : [smallest, largest];
}
