import { validationError } from "../core/errors/mod.ts";
import type { BacktestTemplate } from "../core/request/mod.ts";
import type { JsonObject } from "../core/text/mod.ts";
import { withoutNulls } from "./request.ts";
import { templateSchema } from "./request_body.ts";
import { requireStorable } from "./storable.ts";
import { readWith, toErrorItems } from "./zod_issues.ts";

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
