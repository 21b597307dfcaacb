import { normalized } from "../core/catalogue/mod.ts";
import { type JsonObject, readObject } from "../core/text/mod.ts";

/** The members of a template that `overrides` may carry. */
export const overridableMembers = [
  "direction_mode",
  "sizing_mode",
  "execution",
  "risk_grid",
  "signal_grids",
] as const;

/**
 * A strategy's template with what a request overrides: numbers of `execution` and axes of `signal_grids` one by one,
 * everything else, `risk_grid` included, whole. Members that are absent leave the template as it is. Works on JSON, so
 * that a request and the stored copy of it are put together by the same rule; throws a `validation_error` for a member
 * of the wrong form.
 */
export function applyOverrides(template: JsonObject, overrides: JsonObject): JsonObject {
  const { execution, signal_grids, ...whole } = overrides;
  return {
    ...template,
    ...whole,
    ...(execution === undefined ? {} : {
      execution: {
        ...readObject(template.execution ?? {}, "template.execution"),
        ...readObject(execution, "overrides.execution"),
      },
    }),
    ...(signal_grids === undefined ? {} : {
      signal_grids: mergeGrids(
        readObject(template.signal_grids ?? {}, "template.signal_grids"),
        readObject(signal_grids, "overrides.signal_grids"),
      ),
    }),
  };
}

function mergeGrids(kept: JsonObject, given: JsonObject): JsonObject {
  const axesOf = (grids: JsonObject, id: string) => {
    const key = Object.keys(grids).find((name) => normalized(name) === normalized(id));
    return key === undefined ? {} : readObject(grids[key], `signal_grids.${key}`);
  };
  const merged = Object.keys(given).map((id) => [id, replaceNamed(axesOf(kept, id), axesOf(given, id))]);
  return replaceNamed(kept, Object.fromEntries(merged));
}

/** Members of both; of a name that both have, however it is written, the given one. */
function replaceNamed(kept: JsonObject, given: JsonObject): JsonObject {
  const names = new Set(Object.keys(given).map(normalized));
  const rest = Object.entries(kept).filter(([name]) => !names.has(normalized(name)));
  return { ...Object.fromEntries(rest), ...given };
}
