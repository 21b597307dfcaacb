import { refuseFaults } from "./rules.ts";
import { requestedIndicators } from "./indicators.ts";
import type { BacktestTemplate } from "./template.ts";
import { normalized } from "../core/catalogue/mod.ts";
import { unexpectedAxes } from "./default_grids.ts";
import { compareCodePoints, knownInstead, shown } from "../core/text/mod.ts";
import { type ErrorItem, refusal } from "../core/errors/mod.ts";
import type { IndicatorDefinition } from "../core/catalogue/mod.ts";

/**
 * Throws a `validation_error` for every indicator, parameter and signal parameter of a template that nobody knows. Values
 * are not looked at, nor whether anything is missing: both depend on the default grids that complete the template.
 */
export function refuseUnknownNames(template: BacktestTemplate): void {
  if (template.rules !== undefined) return refuseFaults(template.rules, template);
  const path = "body.template.indicator_grids";
  const requests = requestedIndicators(template.indicator_grids, { path, scored: true });
  const items = requests.flatMap(({ definition, ...request }) => unexpectedAxes(definition, request));
  if (items.length > 0) throw refusal(items);
  refuseUnknownSignals(requests.map(({ definition }) => definition), template.signal_grids);
}

/**
 * Throws a `validation_error` for signal grids of indicators that are not in the sweep and for parameters that the
 * signal rule of theirs does not have: they would change no figure, and mean that others were left at their defaults.
 * Requests stored by earlier versions may hold such names, and are run without this check.
 */
export function refuseUnknownSignals(
  definitions: readonly IndicatorDefinition[],
  grids: BacktestTemplate["signal_grids"],
): void {
  const items = Object.keys(grids).sort(compareCodePoints).flatMap((key): ErrorItem[] => {
    const path = `body.template.signal_grids.${key}`;
    const definition = definitions.find(({ id }) => id === normalized(key));
    if (definition === undefined) {
      const message = `signal_grids: indicator ${shown(key)} is not in this sweep` +
        knownInstead(key, definitions.map(({ id }) => id));
      return [{ path, code: "extra_forbidden", message }];
    }
    return unknownParams(definition, grids[key]!).map((name) => ({
      path: `${path}.${name}`,
      code: "extra_forbidden",
      message: `${definition.id}: unknown signal param ${shown(name)}${
        knownInstead(name, definition.signalParams)
      }`,
    }));
  });
  if (items.length > 0) throw refusal(items);
}

function unknownParams({ signalParams }: IndicatorDefinition, axes: Readonly<Record<string, unknown>>) {
  return Object.keys(axes)
    .filter((name) => !signalParams.includes(normalized(name)))
    .sort(compareCodePoints);
}
