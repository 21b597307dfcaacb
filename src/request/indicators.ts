import { planRules, rulesLookbacks } from "./rules.ts";
import { checkAxisOrder, checkIndicator, longestLookbacks } from "../core/grid/mod.ts";
import type { IndicatorGridRequest } from "./template.ts";
import { normalized } from "../core/catalogue/mod.ts";
import type { LongestLookback } from "../core/bars/mod.ts";
import type { BacktestTemplate } from "./template.ts";
import { type DefaultGrids, mergeAxes } from "./default_grids.ts";
import { compareCodePoints, knownInstead, shown } from "../core/text/mod.ts";
import { product } from "../core/numbers/mod.ts";
import { type Axis, type AxisSize, isDefault, materializeAxis } from "../core/grid/mod.ts";
import { type ErrorItem, gather, refusal } from "../core/errors/mod.ts";
import { catalogue, findIndicator, type IndicatorDefinition } from "../core/catalogue/mod.ts";

/** One indicator of a request, known and named once. */
export interface RequestedIndicator {
  readonly definition: IndicatorDefinition;
  readonly request: IndicatorGridRequest;
  /** Path of the request's grid. */
  readonly path: string;
}

/**
 * The requested indicators sorted by id. Throws a `validation_error` below `path` for unknown ids, ids named twice, an
 * empty list and, when they are to be `scored`, ids without a signal rule.
 */
export function requestedIndicators(
  grids: readonly IndicatorGridRequest[],
  { path: root, scored }: { readonly path: string; readonly scored: boolean },
): readonly RequestedIndicator[] {
  const found = new Map<string, RequestedIndicator>();
  const items: ErrorItem[] = [];
  grids.forEach((request, i) => {
    const path = `${root}.${i}`;
    const refuse = (message: string) =>
      items.push({ path: `${path}.indicator_id`, code: "value_error", message });
    const definition = findIndicator(normalized(request.indicator_id));
    if (definition === undefined) {
      const known = catalogue.map(({ id }) => id);
      refuse(`Unknown indicator ${shown(request.indicator_id)}${knownInstead(request.indicator_id, known)}`);
    } else if (scored && definition.rule === null) {
      const known = catalogue.filter(({ rule }) => rule !== null).map(({ id }) => id);
      const instead = knownInstead(definition.id, known);
      refuse(`Unsupported indicator_id for signals v1: ${definition.id}; it has no signal rule${instead}`);
    } else if (found.has(definition.id)) {
      refuse(`Indicator "${definition.id}" is given twice`);
    } else {
      found.set(definition.id, { definition, request, path });
    }
  });
  if (grids.length === 0) {
    const message = "A template needs at least one indicator, got none";
    items.push({ path: root, code: "value_error", message });
  }
  if (items.length > 0) throw refusal(items);
  return [...found.values()].sort((a, b) => compareCodePoints(a.definition.id, b.definition.id));
}

/** The compute axes of one indicator in definition order, and what a guard calls them. */
export interface ComputeAxes {
  readonly axes: readonly Axis[];
  readonly sizes: readonly AxisSize[];
}

/** The compute axes of one indicator, within its own guard. */
export function indicatorAxes(
  requested: RequestedIndicator,
  options: { readonly defaults: DefaultGrids; readonly maxVariants: number },
): ComputeAxes {
  const { definition, request, path } = requested;
  const merged = mergeAxes(definition, { request, defaults: options.defaults, path });
  const axes = gather(
    merged.map((axis) => () =>
      materializeAxis(axis.spec, { ...axis.definition, owner: definition.id, path: axis.path })
    ),
  );
  checkAxisOrder(definition, { axes, pathOf: (name) => merged.find((axis) => axis.name === name)!.path });
  const sizes = merged.map(({ name, path }, i): AxisSize => ({
    name: `${definition.id}.${name}`,
    kind: "compute",
    values: axes[i]!.values.length,
    byDefault: isDefault(path),
  }));
  checkIndicator(product(sizes.map(({ values }) => values)), {
    maxVariants: options.maxVariants,
    axes: sizes,
  });
  return { axes, sizes };
}

/** The longest lookbacks of a template's grids, before anything is planned. Throws as `requestedIndicators` and `indicatorAxes` do. */
export function requestedLookbacks(
  { indicator_grids, rules, timeframe }: Pick<BacktestTemplate, "indicator_grids" | "rules" | "timeframe">,
  defaults: DefaultGrids,
): readonly LongestLookback[] {
  if (rules !== undefined) return rulesLookbacks(planRules(rules, { timeframe }));
  const requests = requestedIndicators(indicator_grids, {
    path: "body.template.indicator_grids",
    scored: true,
  });
  return longestLookbacks(requests.map((request) => ({
    indicatorId: request.definition.id,
    axes: indicatorAxes(request, { defaults, maxVariants: Number.MAX_SAFE_INTEGER }).axes,
  })));
}
