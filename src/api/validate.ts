import { z } from "@hono/zod-openapi";
import { BacktestError, validationError } from "../core/errors/mod.ts";
import { knownInstead, shown } from "../core/text/mod.ts";
import { readJsonText } from "../schema/json_text.ts";
import { requireModestJson } from "../schema/modest_json.ts";
import { readWith, toErrorItems } from "../schema/zod_issues.ts";
import type { ApiContext } from "./endpoint.ts";

/** The part of a request a value stands in; error paths start with it. */
export type RequestPart = "query" | "path" | "header";

/**
 * Reads a value with a schema. Throws a `validation_error` "Validation failed" with one item for every finding, its
 * path below `root`.
 */
function parseWith<T>(
  schema: z.ZodType<T>,
  { value, root }: { readonly value: unknown; readonly root: RequestPart },
): T {
  const reading = readWith(schema, value);
  if (reading.ok) return reading.value;
  throw validationError("Validation failed", toErrorItems(reading.findings, { root }));
}

/**
 * The JSON body of a request. Rejects with `unsupported_media_type` unless it is sent as `application/json` and as it is, with
 * `validation_error` (path `body`, code `json_invalid`) when it is no JSON.
 */
export async function readJsonBody(c: ApiContext): Promise<unknown> {
  const type = c.req.header("content-type");
  if (!/^application\/json\s*(;|$)/i.test(type ?? "")) {
    throw new BacktestError(
      "unsupported_media_type",
      `Cannot read the body: content-type must be application/json, got ${type ? shown(type) : "none"}`,
      { details: { content_type: type ?? null } },
    );
  }
  const encoding = c.req.header("content-encoding") ?? "identity";
  if (!/^\s*identity\s*$/i.test(encoding)) {
    throw new BacktestError(
      "unsupported_media_type",
      `Cannot read the body: it must be sent without content-encoding, got ${shown(encoding)}`,
      { details: { content_encoding: encoding } },
    );
  }
  const bytes = await c.req.arrayBuffer();
  try {
    const text = utf8Text(bytes);
    const value = readJsonText(text, "body");
    requireModestJson(value, "body");
    return value;
  } catch (error) {
    if (!(error instanceof BacktestError)) throw error;
    throw new BacktestError("validation_error", "Validation failed", { details: error.details });
  }
}

/** What is no UTF-8 would be read as other names and symbols than were sent. */
function utf8Text(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const message = 'Cannot read "body" as JSON: it is not UTF-8';
    throw validationError(message, [{ path: "body", code: "json_invalid", message }]);
  }
}

/** The query members of a request as texts, of a list all and else the first of each name, read with a schema. */
export function parseQuery<T>(c: ApiContext, schema: z.ZodObject & z.ZodType<T>): T {
  const sent = c.req.queries();
  const members = Object.entries(schema.shape).filter(([name, member]) => isList(member) || name in sent);
  const value = Object.fromEntries(
    members.map(([name, member]) => [name, isList(member) ? sent[name] ?? [] : sent[name]![0]]),
  );
  return parseWith(schema, { value, root: "query" });
}

function isList(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodPipe) return isList(schema.in) || isList(schema.out);
  return schema instanceof z.ZodArray;
}

/**
 * Refuses members of the query that the endpoint does not have: one that is mistyped would change no answer, and mean that
 * another was left at its default. So would the second of two that it takes one of. Throws a `validation_error` with the
 * nearest name for each that is unknown.
 */
export function requireKnownQuery(c: ApiContext, query: z.ZodObject | undefined): void {
  const shape: Readonly<Record<string, z.core.$ZodType>> = query?.shape ?? {};
  const known = Object.keys(shape);
  const items = Object.entries(c.req.queries()).flatMap(([name, sent]) => {
    if (!known.includes(name)) {
      return [{
        path: `query.${name.slice(0, shownNameMax)}`,
        code: "extra_forbidden",
        message: `Extra inputs are not permitted${knownInstead(name, known)}`,
      }];
    }
    if (sent.length === 1 || isList(shape[name]!)) return [];
    const message = `Input should be sent once, got it ${sent.length} times`;
    return [{ path: `query.${name}`, code: "value_error", message }];
  });
  if (items.length > 0) throw validationError("Validation failed", items);
}

/** Characters of a name that an error repeats. */
const shownNameMax = 100;

/** The named parts of a request's path as texts, read with a schema. */
export function parsePath<T>(c: ApiContext, schema: z.ZodType<T>): T {
  return parseWith(schema, { value: c.req.param(), root: "path" });
}

/** The headers of a request that a schema names, read with it. */
export function parseHeaders<T>(c: ApiContext, schema: z.ZodObject & z.ZodType<T>): T {
  const sent = Object.keys(schema.shape).flatMap((name) => {
    const text = c.req.header(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return parseWith(schema, { value: Object.fromEntries(sent), root: "header" });
}

/** Sign and 15 digits. */
const integerLengthMax = 16;

/** Parameters that hold an integer. */
export const integerParameter = z.string().max(integerLengthMax)
  .refine((text) => /^[+-]?\d{1,15}$/.test(text), { error: "an integer", params: { code: "int_parsing" } })
  .transform(Number);
