import type { DefaultGrids } from "./default_grids.ts";
import { z } from "zod";
import { validationError } from "../core/errors/mod.ts";
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

/**
 * Reads `indicators.yaml`. Throws a `validation_error` whose message is one line naming the file, the first wrong key
 * and its value; all findings are in its details.
 */
export function parseDefaultGrids(text: string, { path }: { readonly path: string }): DefaultGrids {
  const file = { path, attempt: "Cannot use default grids" };
  const reading = readWith(fileSchema, readYamlText(text, file));
  if (!reading.ok) {
    const items = toFileItems(reading.findings);
    throw validationError(fileMessage(items, file), items);
  }
  return Object.fromEntries(
    Object.entries(reading.value.defaults).map(([id, { params, source, signals }]) => {
      const grid: Record<string, AxisSpec> = source === undefined ? params : { ...params, source };
      return [id, { axes: grid, signals }];
    }),
  );
}
