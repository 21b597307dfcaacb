import assert from "node:assert/strict";
import type { z } from "zod";
import { modules } from "../../src/api/app.ts";
import type { ApiDeps } from "../../src/api/deps.ts";
import { documentRoutes } from "../../src/api/routes/documents.ts";
import { problemSchema } from "../../src/api/openapi/problem_schema.ts";

/** An answer as it came. */
export interface GivenAnswer {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Throws unless an answer is of the schema that its endpoint declares, with no member more. */
export type RequireDeclared = (answer: GivenAnswer) => void;

/** What the endpoints of an API declare to answer. */
export function declaredAnswers(deps: ApiDeps): RequireDeclared {
  const routes = [...modules(deps), documentRoutes(deps, () => ({}))];
  const operations = routes.flatMap(({ openAPIRegistry }) => openAPIRegistry.definitions).flatMap(
    (definition) => definition.type === "route" ? [definition.route] : [],
  ).map(({ method, path, responses }) => ({
    method: method.toUpperCase(),
    // a name in the path before a parameter in its place
    names: path.replaceAll(/[^{]/g, "").length,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
    responses,
  })).sort((a, b) => a.names - b.names);
  return ({ method, path, status, contentType, text }) => {
    if (method === "HEAD") return;
    const { pathname } = new URL(path, "http://localhost");
    const operation = operations.find((one) => one.method === method && one.pattern.test(pathname));
    const [type] = contentType.split(";");
    const response = operation?.responses[status];
    const { content: contents } = response && "content" in response ? response : {};
    const content = contents?.[type!] as { readonly schema?: z.ZodType } | undefined;
    const schema = content?.schema;
    if (schema !== undefined && type === "text/event-stream") {
      for (const [, data] of text.matchAll(/^data: (.*)$/gm)) requireExact(schema, JSON.parse(data!));
    } else if (type === "application/json") {
      requireExact(schema ?? (status < 400 ? undeclared(method, path) : problemSchema), JSON.parse(text));
    }
  };
}

/** Throws unless a value is of a schema, and has no member that the schema does not name. */
export function requireExact(schema: z.ZodType, value: unknown): void {
  // what a schema does not name it leaves out of what it gives
  assert.deepEqual(schema.parse(value), value);
}

function undeclared(method: string, path: string): never {
  throw new Error(`${method} ${path} is answered with JSON, and no endpoint declares it`);
}
