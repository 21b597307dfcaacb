import fc from "fast-check";

/** A JSON schema, or a part of one, as the API's document holds it. */
// deno-lint-ignore no-explicit-any
export type Schema = any;

/** A request as it is sent; `body` is the text of the body, null for none. */
export interface AnyRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly contentType: string | null;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What requests are drawn from. */
export interface RequestWorld {
  /** The OpenAPI document. */
  readonly document: Schema;
  /** Texts that mean something to the API, by the member or parameter they belong to. */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
  /** Bodies that are accepted, by `METHOD /path` of the document. */
  readonly accepted: Readonly<Record<string, unknown>>;
}

/** Requests for the document's operations: right ones, wrong ones and nearly right ones. */
export function anyRequest(world: RequestWorld): fc.Arbitrary<AnyRequest> {
  return fc.oneof(...operationsOf(world.document).map((operation) => requestFor(operation, world)));
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Schema[];
  readonly body: Schema | null;
}

/** Every operation of an OpenAPI document, in its order. */
export function operationsOf(document: Schema): readonly Operation[] {
  return Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content["application/json"].schema ?? null,
    }))
  );
}

function requestFor(operation: Operation, world: RequestWorld): fc.Arbitrary<AnyRequest> {
  const { method, path, parameters, body } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const value = (parameter: Schema) => mostly(parameterText(parameter, world), fc.string());
  const names = fc.record(Object.fromEntries(inPath.map((p) => [p.name, value(p)])));
  const members = fc.array(
    fc.oneof(
      ...inQuery.map((p) => fc.tuple(fc.constant(p.name as string), value(p))),
      fc.tuple(fc.string(), fc.string()),
    ),
    { maxLength: 3 },
  );
  const json = body === null ? fc.constant(null) : bodyText(`${method} ${path}`, { schema: body, world });
  return fc.record({
    method: mostly(fc.constant(method), fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
    names,
    members,
    contentType: mostly(
      fc.constantFrom("application/json", "application/json; charset=utf-8"),
      fc.constantFrom(null, "text/plain", "application/jsonp", "multipart/form-data", "", ";", "é"),
    ),
    body: json,
    headers: fc.oneof(fc.constant({}), fc.record({ "idempotency-key": headerText }), lastEvent),
  }).map(({ method, names, members, contentType, body, headers }) => ({
    method,
    path: withNames(path, names) + queryText(members),
    contentType,
    body: method === "GET" ? null : body,
    headers,
  }));
}

const headerText = fc.string({ maxLength: 300 });
const lastEvent = fc.record({ "last-event-id": headerText });

/** Four times out of five `right`. */
function mostly<A, B>(right: fc.Arbitrary<A>, wrong: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 4, arbitrary: right }, { weight: 1, arbitrary: wrong });
}

function parameterText({ name, schema }: Schema, { known }: RequestWorld): fc.Arbitrary<string> {
  const texts = (known[name] ?? []).map(String);
  const text = schema.type === "array" ? fc.uuid() : fc.oneof(fc.string(), fc.integer().map(String));
  return texts.length === 0 ? text : mostly(fc.constantFrom(...texts), text);
}

function withNames(path: string, names: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(.+?)\}/g, (_, name) => encoded(names[name]!));
}

function queryText(members: readonly (readonly [string, string])[]): string {
  if (members.length === 0) return "";
  return `?${members.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&")}`;
}

// "." and ".." would be taken as steps of the path
function encoded(text: string): string {
  return encodeURIComponent(text.isWellFormed() ? text : "?").replaceAll(".", "%2E");
}

function bodyText(
  operation: string,
  { schema, world }: { readonly schema: Schema; readonly world: RequestWorld },
): fc.Arbitrary<string> {
  const accepted = world.accepted[operation];
  const drawn = anyOf(schema, { world });
  const right = accepted === undefined ? drawn : mostly(fc.constant(accepted), drawn);
  const changed = fc.tuple(right, fc.array(change, { maxLength: 3 }))
    .map(([value, changes]) => JSON.stringify(changes.reduce(applied, structuredClone(value))));
  const broken = fc.oneof(
    fc.string(),
    fc.tuple(changed, fc.nat()).map(([text, cut]) => text.slice(0, cut % (text.length + 1))),
    fc.constantFrom("", "null", "[]", "{}", '"', "1e999", "[".repeat(5000), '{"template":{},"template":{}}'),
  );
  return mostly(changed, broken);
}

interface Change {
  /** Which of all places of the value, modulo their number. */
  readonly place: number;
  readonly kind: "replace" | "remove" | "add";
  readonly name: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("replace", "remove", "add"),
  name: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString", "user_id", "top_k")),
  value: fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.string({ unit: "binary" }),
    fc.constantFrom(null, 0, -1, 1e15, 1e308, "all", "2026-01-01T00:00:00Z", "\u0000", []),
  ),
});

function applied(value: unknown, { place, kind, name, value: put }: Change): unknown {
  const places = placesOf(value);
  if (places.length === 0) return value;
  const { holder, key } = places[place % places.length]!;
  if (kind === "remove") {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (kind === "replace") holder[key] = put;
  else if (Array.isArray(holder)) holder.push(put);
  else {Object.defineProperty(holder, name, {
      value: put,
      enumerable: true,
      configurable: true,
      writable: true,
    });}
  return value;
}

interface Place {
  readonly holder: Schema;
  readonly key: string;
}

function placesOf(value: unknown): readonly Place[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    { holder: value, key },
    ...placesOf((value as Schema)[key]),
  ]);
}

interface Reading {
  readonly world: RequestWorld;
  /** Of the member the value belongs to. */
  readonly name?: string;
}

/** Values a schema describes. Members that have known values take those most of the time. */
function anyOf(schema: Schema, { world, name = "" }: Reading): fc.Arbitrary<unknown> {
  const known = world.known[name];
  if (known && schema.type !== "array" && schema.type !== "object") {
    return mostly(fc.constantFrom(...known), plainOf(schema, { world, name }));
  }
  return plainOf(schema, { world, name });
}

function plainOf(schema: Schema, reading: Reading): fc.Arbitrary<unknown> {
  const { $ref, type, anyOf: any, oneOf: one } = schema;
  if ($ref) return plainOf(reading.world.document.components.schemas[$ref.split("/").at(-1)], reading);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (any ?? one) return fc.oneof(...(any ?? one).map((part: Schema) => plainOf(part, reading)));
  if (Array.isArray(type)) {
    return fc.oneof(...type.map((one: string) => plainOf({ ...schema, type: one }, reading)));
  }
  if (type === "object") return objectOf(schema, reading);
  if (type === "array") {
    return fc.array(anyOf(schema.items, reading), { minLength: schema.minItems ?? 0, maxLength: 3 });
  }
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer") return fc.integer({ min: 1, max: 300 });
  if (type === "number") return fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ noNaN: true }));
  return schema.format === "uuid" ? fc.uuid() : fc.string({ minLength: schema.minLength ?? 0 });
}

function objectOf(schema: Schema, { world }: Reading): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    if (typeof additionalProperties !== "object") return fc.dictionary(fc.string(), fc.jsonValue());
    const name = mostly(fc.constantFrom(...(world.known.keys ?? []).map(String)), fc.string());
    return fc.dictionary(name, anyOf(additionalProperties, { world }), { maxKeys: 2 });
  }
  const members = Object.entries<Schema>(properties).map(([name, member]) =>
    [name, anyOf(member, { world, name })] as const
  );
  return fc.record(Object.fromEntries(members), { requiredKeys: required });
}
