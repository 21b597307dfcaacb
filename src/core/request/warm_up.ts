import { lookbackBars } from "../catalogue/mod.ts";
import type { Axis } from "../grid/mod.ts";
import type { DefaultGrids } from "./default_grids.ts";
import type { BacktestTemplate } from "./request.ts";
import { indicatorAxes, requestedIndicators } from "./requested_indicators.ts";

/** The variant of an indicator that needs most bars before its first complete value. */
export interface LongestLookback {
  readonly indicatorId: string;
  /** Bars before the one the value is on. */
  readonly bars: number;
  /** Its parameters, as messages name them: `window=500`. */
  readonly params: string;
}

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

/** The same of a template's grids, before anything is planned. Throws as `requestedIndicators` and `indicatorAxes` do. */
export function requestedLookbacks(
  { indicator_grids }: Pick<BacktestTemplate, "indicator_grids">,
  defaults: DefaultGrids,
): readonly LongestLookback[] {
  const requests = requestedIndicators(indicator_grids, {
    path: "body.template.indicator_grids",
    scored: true,
  });
  return longestLookbacks(requests.map((request) => ({
    indicatorId: request.definition.id,
    axes: indicatorAxes(request, { defaults, maxVariants: Number.MAX_SAFE_INTEGER }).axes,
  })));
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

/** Bars to use before the range, so that every value is complete on its first bar; `requested` when that is more. */
export function warmUpBars(requested: number, lookbacks: readonly LongestLookback[]): number {
  // of bars that lie on the range's start, the last one before it closes inside of it
  return lookbacks.reduce((most, { bars }) => Math.max(most, bars + 1), requested);
}

/**
 * Says which indicators have no complete value on the first bars of the range, for want of bars before it; null when all
 * have.
 */
export function historySentence(
  lookbacks: readonly LongestLookback[],
  { barsBefore, bars }: { readonly barsBefore: number; readonly bars: number },
): string | null {
  const blind = lookbacks.filter((lookback) => lookback.bars > barsBefore).map(
    ({ indicatorId, params, bars: needed }) =>
      `${indicatorId}${params && ` with ${params}`} needs ${needed} and is incomplete on the first ` +
      `${Math.min(needed - barsBefore, bars)} of ${bars} bars`,
  );
  if (blind.length === 0 || bars === 0) return null;
  const history = barsBefore === 0
    ? "no bar lies"
    : barsBefore === 1
    ? "1 bar lies"
    : `${barsBefore} bars lie`;
  return `${history} before the first one, ${blind.join(", ")}`;
}
