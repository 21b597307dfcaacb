import type { DefaultGrids } from "./default_grids.ts";
import { z } from "zod";
import { catalogue, findIndicator } from "../core/catalogue/mod.ts";
import { type ErrorItem, validationError } from "../core/errors/mod.ts";
import { knownInstead } from "../core/text/mod.ts";
import type { AxisSpec } from "../core/grid/mod.ts";
import { axisSchema } from "./axis.ts";
import { readYamlText } from "../schema/yaml_text.ts";
import { fileMessage, readWith, toFileItems } from "../schema/zod_issues.ts";

const axes = z.record(z.string(), axisSchema);

const fileSchema = z.strictObject({
  version: z.literal(1),
  defaults: z.record(
    z.string(),
    z.strictObject({ params: axes.default({}), source: axisSchema.optional(), signals: axes.default({}) }),
  ),
});

type Grids = z.output<typeof fileSchema>["defaults"];

/** Indicators, parameters and signal parameters that nobody knows: no request would ever take anything from them. */
function unknownNames(grids: Grids): ErrorItem[] {
  const ids: readonly string[] = catalogue.map(({ id }) => id);
  return Object.entries(grids).flatMap(([id, { params, source, signals }]) => {
    const path = `defaults.${id}`;
    const definition = findIndicator(id);
    if (definition === undefined) {
      return [unknownName(path, { what: "a known indicator", name: id, known: ids })];
    }
    const axes = definition.axes.map(({ name }) => name);
    const parameters = axes.filter((name) => name !== "source");
    const refused = (part: string, given: object, known: readonly string[]) =>
      Object.keys(given).filter((name) => !known.includes(name)).map((name) =>
        unknownName(`${path}.${part}.${name}`, { what: `a parameter of ${id}`, name, known })
      );
    return [
      ...refused("params", params, parameters),
      ...(source === undefined || axes.includes("source")
        ? []
        : [unknownName(`${path}.source`, { what: `a parameter of ${id}`, name: "source", known: axes })]),
      ...refused("signals", signals, definition.signalParams),
    ];
  });
}

function unknownName(
  path: string,
  { what, name, known }: { readonly what: string; readonly name: string; readonly known: readonly string[] },
): ErrorItem {
  return { path, code: "extra_forbidden", message: `${path} is not ${what}${knownInstead(name, known)}` };
}

/**
 * Reads `indicators.yaml`. Throws a `validation_error` whose message is one line naming the file, the first wrong key
 * and its value, or the nearest to a name nobody knows; all findings are in its details.
 */
export function parseDefaultGrids(text: string, { path }: { readonly path: string }): DefaultGrids {
  const file = { path, attempt: "Cannot use default grids" };
  const reading = readWith(fileSchema, readYamlText(text, file));
  const items = reading.ok ? unknownNames(reading.value.defaults) : toFileItems(reading.findings);
  if (!reading.ok || items.length > 0) throw validationError(fileMessage(items, file), items);
  return Object.fromEntries(
    Object.entries(reading.value.defaults).map(([id, { params, source, signals }]) => {
      const grid: Record<string, AxisSpec> = source === undefined ? params : { ...params, source };
      return [id, { axes: grid, signals }];
    }),
  );
}
