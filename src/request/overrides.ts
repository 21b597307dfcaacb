import { refusal } from "../core/errors/mod.ts";
import { compareCodePoints, knownInstead, shown } from "../core/text/mod.ts";
import { normalized } from "../core/catalogue/mod.ts";
import type { BacktestTemplate, Overrides } from "./template.ts";

type SignalGrids = BacktestTemplate["signal_grids"];

/**
 * A strategy's template with what a request overrides: numbers of `execution`, axes of `signal_grids` and parameters of
 * `rules` one by one, everything else, `risk_grid` included, whole. Members that are absent leave the template as it is.
 */
export function applyOverrides(template: BacktestTemplate, overrides: Overrides): BacktestTemplate {
  const { execution, signal_grids, rules, ...whole } = overrides;
  return {
    ...template,
    ...whole,
    ...(execution && { execution: { ...template.execution, ...execution } }),
    ...(signal_grids && { signal_grids: mergeGrids(template.signal_grids, signal_grids) }),
    ...(rules && template.rules && {
      rules: { ...template.rules, params: { ...template.rules.params, ...rules.params } },
    }),
  };
}

/**
 * Throws a `validation_error` for parameters that a strategy's rules do not have: an axis of that name would change no
 * figure, and mean that another one was left as it is.
 */
export function refuseUnknownParams(template: BacktestTemplate, { rules }: Overrides): void {
  if (rules === undefined) return;
  const path = "body.overrides.rules";
  if (template.rules === undefined) {
    throw refusal([{
      path,
      code: "value_error",
      message: "The strategy has no rules to override parameters of",
    }]);
  }
  const known = Object.keys(template.rules.params ?? {}).sort(compareCodePoints);
  const strange = Object.keys(rules.params).filter((name) => !known.includes(name)).sort(compareCodePoints);
  if (strange.length === 0) return;
  throw refusal(strange.map((name) => ({
    path: `${path}.params.${name}`,
    code: "value_error",
    message: `The strategy's rules have no parameter ${shown(name)}${
      known.length === 0 ? ", they have none" : knownInstead(name, known)
    }`,
  })));
}

function mergeGrids(kept: SignalGrids, given: SignalGrids): SignalGrids {
  const axesOf = (grids: SignalGrids, id: string) => {
    const key = Object.keys(grids).find((name) => normalized(name) === normalized(id));
    return key === undefined ? {} : grids[key]!;
  };
  const merged = Object.keys(given).map((id) => [id, replaceNamed(axesOf(kept, id), axesOf(given, id))]);
  return replaceNamed(kept, Object.fromEntries(merged));
}

/** Members of both; of a name that both have, however it is written, the given one. */
function replaceNamed<T>(
  kept: Readonly<Record<string, T>>,
  given: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  const names = new Set(Object.keys(given).map(normalized));
  const rest = Object.entries(kept).filter(([name]) => !names.has(normalized(name)));
  return { ...Object.fromEntries(rest), ...given };
}
