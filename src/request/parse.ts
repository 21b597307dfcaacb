import type { z } from "zod";
import { BacktestError, findingsOf, validationError } from "../core/errors/mod.ts";
import { readJsonText } from "../schema/json_text.ts";
import { readYamlText } from "../schema/yaml_text.ts";
import { requireStorable } from "../schema/storable.ts";
import { type Finding, readWith, toErrorItems, valueErrorCode } from "../schema/zod_issues.ts";
import { requestBodySchema, type SentRequest } from "./body.ts";
import { type BacktestTemplate, templateSchema } from "./template.ts";
import { withoutNulls } from "./without_nulls.ts";

/**
 * Reads a request body. Throws a `validation_error` whose items have paths below `body`: first for
 * members of the wrong form, then for the mode, then for values that do not go together.
 */
export function parseRequest(value: unknown): SentRequest {
  return toSent(readBody(requestBodySchema, value));
}

/** Reads a body that has a request's members, and perhaps others. Throws as {@link parseRequest} does. */
export function readBody<T>(schema: z.ZodType<T>, value: unknown): T {
  const reading = readWith(schema, value);
  if (!reading.ok && reading.findings.some(isOfWrongForm)) throw invalid(reading.findings);
  checkMode(value as Readonly<Record<string, unknown>>);
  if (!reading.ok) throw invalid(reading.findings);
  return reading.value;
}

/** The request of a body that was read; of strategy and template it has exactly one. */
export function toSent(body: Partial<z.output<typeof requestBodySchema>>): SentRequest {
  const request = withoutNulls(body);
  requireStorable(request, "body");
  return request as SentRequest;
}

/** A body: what the API's document shows of it, and what reads it. */
export interface BodyGrammar<Body> {
  readonly schema: z.ZodType;
  /** Whether there may be none, which is read as undefined. */
  readonly optional?: true;
  /** Throws a `validation_error` whose items have paths below `body`. */
  read(value: unknown): Body;
}

/** The body of a request for a sweep. */
export const requestBody: BodyGrammar<SentRequest> = { schema: requestBodySchema, read: parseRequest };

/** A body that its schema says all about. */
export function bodyOf<T>(schema: z.ZodType<T>): BodyGrammar<T> {
  return {
    schema,
    read(value) {
      const reading = readWith(schema, value);
      if (reading.ok) return reading.value;
      throw invalid(reading.findings);
    },
  };
}

/**
 * Reads the text of a request file, JSON or YAML 1.2: YAML where the name ends so, and on standard input where it does not
 * begin as JSON does. A member `$schema`, which editors read, is passed over. The message of a refusal is one line naming
 * `label` and the first finding.
 */
export function parseRequestText(text: string, label: string): SentRequest {
  const value = readRequestText(text, label);
  try {
    return parseRequest(value);
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    const { items, total } = findingsOf(error);
    const first = `${items[0]!.path}: ${items[0]!.message}`;
    const more = total > 1 ? ` (and ${total - 1} more)` : "";
    throw validationError(`Cannot use request "${label}": ${first}${more}`, { items, total });
  }
}

/** The value of a request file's text, see {@link parseRequestText}. */
function readRequestText(text: string, label: string): unknown {
  const isYaml = /\.ya?ml$/i.test(label) || (label === "-" && !/^\s*[{[]/.test(text));
  const value = isYaml
    ? readYamlText(text, { path: label, attempt: "Cannot use request" })
    : readJsonText(text, label);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { $schema: _, ...request } = value as Readonly<Record<string, unknown>>;
  return request;
}

/** Reads a template as a request's is. Throws a `validation_error` whose items have paths below `body.template`. */
export function parseTemplate(value: unknown): BacktestTemplate {
  const reading = readWith(templateSchema, value);
  if (!reading.ok) {
    throw validationError("Validation failed", toErrorItems(reading.findings, { root: templateRoot }));
  }
  return toTemplate(reading.value);
}

/** A template that was read, without nulls. Throws for texts that cannot be stored. */
export function toTemplate(template: z.output<typeof templateSchema>): BacktestTemplate {
  const plain = withoutNulls(template);
  requireStorable(plain, templateRoot);
  return plain;
}

const templateRoot = "body.template";

function isOfWrongForm({ code }: Finding): boolean {
  return code !== valueErrorCode;
}

function invalid(findings: readonly Finding[]): BacktestError {
  return validationError("Validation failed", toErrorItems(findings, { root: "body" }));
}

function checkMode(body: Readonly<Record<string, unknown>>): void {
  const saved = (body.strategy_id ?? null) !== null;
  if (saved === ((body.template ?? null) !== null)) {
    const item = { code: "mode_conflict", message: "Provide exactly one of strategy_id or template" };
    throw validationError("POST /backtests requires exactly one mode: strategy_id xor template", [
      { path: "body.strategy_id", ...item },
      { path: "body.template", ...item },
    ]);
  }
  if (!saved && (body.overrides ?? null) !== null) {
    throw validationError("POST /backtests overrides are allowed only in saved mode", [
      {
        path: "body.overrides",
        code: "mode_conflict",
        message: "overrides are allowed only with strategy_id",
      },
    ]);
  }
}
