import { normalized } from "../core/catalogue/mod.ts";
import type { BacktestTemplate, Overrides } from "./template.ts";

type SignalGrids = BacktestTemplate["signal_grids"];

/**
 * A strategy's template with what a request overrides: numbers of `execution` and axes of `signal_grids` one by one,
 * everything else, `risk_grid` included, whole. Members that are absent leave the template as it is.
 */
export function applyOverrides(template: BacktestTemplate, overrides: Overrides): BacktestTemplate {
  const { execution, signal_grids, ...whole } = overrides;
  return {
    ...template,
    ...whole,
    ...(execution && { execution: { ...template.execution, ...execution } }),
    ...(signal_grids && { signal_grids: mergeGrids(template.signal_grids, signal_grids) }),
  };
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
