import fc from "fast-check";
import { anyValue, redrawn, type Schema, type Values } from "./any_value.ts";

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
  /**
   * Values that fit what is stored, by the member or parameter they belong to; {@link Values}. Around a parameter is the
   * path of its operation.
   */
  readonly right: Values["known"];
  /** Values that mean something and are refused, likewise. */
  readonly wrong: Values["known"];
  /** Bodies that are accepted, by `METHOD /path` of the document. */
  readonly accepted: Readonly<Record<string, readonly unknown[]>>;
  /** Members of accepted bodies that hang together with others, so that none of them can be drawn for itself. */
  readonly kept: ReadonlySet<string>;
}

/** One method of one path. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** Nobody has to sign in for it. */
  readonly open: boolean;
  readonly parameters: readonly Schema[];
  readonly body: Schema | null;
  /** Every status it may be answered with, and the schema of the body where that is JSON. */
  readonly responses: ReadonlyMap<number, Schema | null>;
}

/** Every operation of an OpenAPI document, in its order. */
export function operationsOf(document: Schema): readonly Operation[] {
  return Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      open: operation.security?.length === 0,
      parameters: operation.parameters ?? [],
      body: operation.requestBody?.content["application/json"]?.schema ?? null,
      responses: new Map(
        Object.entries<Schema>(operation.responses).map(([status, { content }]) =>
          [Number(status), content?.["application/json"]?.schema ?? null] as const
        ),
      ),
    }))
  );
}

/** Requests of an operation as the document and the stored things allow them. */
export function rightRequest(operation: Operation, world: RequestWorld): fc.Arbitrary<AnyRequest> {
  const { method, path, parameters } = operation;
  const values = { document: world.document, known: world.right };
  const text = ({ name, schema }: Schema) => anyValue(schema, { values, place: [path, name] });
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const inHeader = parameters.filter((parameter) => parameter.in === "header");
  return fc.record({
    names: fc.record(Object.fromEntries(inPath.map((one) => [one.name, text(one)]))),
    query: anyMembers(inQuery, text),
    contentType: fc.constantFrom("application/json", "application/json; charset=utf-8"),
    body: rightBody(operation, world),
    headers: anyMembers(inHeader, text) as fc.Arbitrary<Readonly<Record<string, string>>>,
  }).map(({ names, query, contentType, body, headers }) => ({
    method,
    path: withNames(path, names) + queryText(Object.entries(query)),
    contentType: body === undefined ? null : contentType,
    body: body === undefined ? null : JSON.stringify(body),
    headers,
  }));
}

/** All required members, and all or none of the others: those of a heatmap come in twos. */
function anyMembers(
  parameters: readonly Schema[],
  text: (parameter: Schema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const of = (some: readonly Schema[]) =>
    fc.record(Object.fromEntries(some.map((one) => [one.name, text(one)])));
  return fc.oneof(of(parameters), of(parameters.filter(({ required }) => required)));
}

function rightBody({ method, path, body: schema }: Operation, world: RequestWorld): fc.Arbitrary<unknown> {
  if (schema === null) return fc.constant(undefined);
  const { document, right: known, kept, accepted } = world;
  const bodies = accepted[`${method} ${path}`];
  if (bodies === undefined) throw new Error(`Cannot draw a body for ${method} ${path}: none is given`);
  return fc.oneof(...bodies.map((body) => redrawn(body, { schema, values: { document, known }, kept })));
}

/** Requests of an operation, most of them changed in one place or more: in method, path, query, header or body. */
export function wrongRequest(operation: Operation, world: RequestWorld): fc.Arbitrary<AnyRequest> {
  const { method, path, parameters } = operation;
  const value = (parameter: Schema) => mostly(parameterText(parameter, world), fc.string());
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const known = inQuery.map((one) => fc.tuple(fc.constant(one.name as string), value(one)));
  // a member nobody knows is refused before anything else is looked at
  const members = fc.tuple(
    known.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...known), { maxLength: 3 }),
    mostly(fc.constant([]), fc.tuple(fc.tuple(fc.string(), fc.string()))),
  ).map((parts) => parts.flat());
  return fc.record({
    method: mostly(fc.constant(method), fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
    names: fc.record(Object.fromEntries(inPath.map((one) => [one.name, value(one)]))),
    members,
    contentType: mostly(
      fc.constantFrom("application/json", "application/json; charset=utf-8"),
      fc.constantFrom(null, "text/plain", "application/jsonp", "multipart/form-data", "", ";", "é"),
    ),
    body: wrongBody(operation, world),
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

function parameterText({ name, schema }: Schema, { right, wrong }: RequestWorld): fc.Arbitrary<unknown> {
  const known = [...right[name] ?? [], ...wrong[name] ?? []];
  const text = schema.type === "array" ? fc.uuid() : fc.oneof(fc.string(), fc.integer().map(String));
  return known.length === 0 ? text : mostly(fc.constantFrom(...known), text);
}

function withNames(path: string, names: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(.+?)\}/g, (_, name) => encoded(String(names[name])));
}

/** A list is sent as one member for each of its items. */
function queryText(members: readonly (readonly [string, unknown])[]): string {
  const pairs = members.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${encoded(name)}=${encoded(String(one))}`)
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

// "." and ".." would be taken as steps of the path
function encoded(text: string): string {
  return encodeURIComponent(text.isWellFormed() ? text : "?").replaceAll(".", "%2E");
}

function wrongBody(operation: Operation, world: RequestWorld): fc.Arbitrary<string | null> {
  const { body: schema } = operation;
  if (schema === null) return fc.constant(null);
  const { document, right, wrong } = world;
  const merged = Object.keys({ ...right, ...wrong }).map((name) =>
    [name, [...right[name] ?? [], ...wrong[name] ?? []]] as const
  );
  const drawn = anyValue(schema, { values: { document, known: Object.fromEntries(merged) } });
  const changed = fc.tuple(mostly(rightBody(operation, world), drawn), fc.array(change, { maxLength: 3 }))
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
