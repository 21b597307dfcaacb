import { readWith, toErrorItems } from "../schema/zod_issues.ts";
import { requireStorable } from "../schema/storable.ts";
import { templateSchema } from "./body.ts";
import { withoutNulls } from "./parse.ts";
import type { JsonObject } from "../core/text/mod.ts";
import type { BacktestTemplate } from "./request.ts";
import { validationError } from "../core/errors/mod.ts";

/** A template by itself, read as a request's is. */
export interface ParsedTemplate {
  readonly template: BacktestTemplate;
  /** The same as JSON, null members removed and model defaults filled in: what is stored and hashed. */
  readonly json: JsonObject;
}

/** Reads a template. Throws a `validation_error` whose items have paths below `root`, `body.template` by default. */
export function parseTemplate(value: unknown, root = "body.template"): ParsedTemplate {
  const reading = readWith(templateSchema, value);
  if (!reading.ok) throw validationError("Validation failed", toErrorItems(reading.findings, { root }));
  const json = withoutNulls(reading.value) as JsonObject;
  requireStorable(json, root);
  return { template: json as unknown as BacktestTemplate, json };
}
