import fc from "fast-check";

/** A JSON schema, or a part of one, as the API's document holds it. */
// deno-lint-ignore no-explicit-any
export type Schema = any;

/** What values are drawn from. */
export interface Values {
  /** The OpenAPI document. */
  readonly document: Schema;
  /**
   * Values that mean something to the API, by the member they belong to: its name, or the names of the member around it
   * and its own with a dot between. The first one that is there counts.
   */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
}

/** Where a value stands: the names of the members around it, from the outside in. */
export type Place = readonly string[];

/** Values that a schema describes; members that have known values take one of those. */
export function anyValue(
  schema: Schema,
  { values, place = [] }: { readonly values: Values; readonly place?: Place },
): fc.Arbitrary<unknown> {
  const known = knownAt(values, place);
  if (known) return fc.constantFrom(...known);
  const { $ref, type, anyOf: any, oneOf: one } = schema;
  const again = (other: Schema) => anyValue(other, { values, place });
  if ($ref) return again(values.document.components.schemas[$ref.split("/").at(-1)]);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (any ?? one) return fc.oneof(...(any ?? one).map(again));
  if (Array.isArray(type)) return fc.oneof(...type.map((one: string) => again({ ...schema, type: one })));
  if (type === "object") return anyObject(schema, { values, place });
  if (type === "array") {
    const { minItems: minLength = 0 } = schema;
    return fc.array(again(schema.items), { minLength, maxLength: Math.max(3, minLength) });
  }
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer") return fc.integer(bounds(schema, 300));
  if (type === "number") return fc.oneof(fc.integer(bounds(schema, 50)), anyFraction(schema));
  if (schema.pattern && schema.format === undefined) return fc.stringMatching(new RegExp(schema.pattern));
  return schema.format === "uuid"
    ? fc.uuid()
    : fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 10, 10) });
}

function knownAt({ known }: Values, place: Place): readonly unknown[] | undefined {
  const near = place.slice(-2).join(".");
  for (const name of [near, place.at(-1)]) {
    if (name !== undefined && Object.hasOwn(known, name)) return known[name];
  }
  return undefined;
}

function bounds({ minimum, exclusiveMinimum, maximum }: Schema, max: number) {
  const min = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
  const most = Math.floor(Math.min(maximum ?? max, max));
  // an account of a bound below 1 has whole numbers from 1 on, an axis those around 0
  return { min: Math.max(Math.ceil(min), -max), max: most };
}

function anyFraction(schema: Schema): fc.Arbitrary<number> {
  const { min, max } = bounds(schema, 50);
  return fc.double({ min: min + 0.5, max, noNaN: true, noDefaultInfinity: true });
}

function anyObject(
  schema: Schema,
  { values, place }: { readonly values: Values; readonly place: Place },
): fc.Arbitrary<unknown> {
  const { properties, required = [], additionalProperties } = schema;
  if (properties !== undefined) {
    const members = Object.entries<Schema>(properties).map(([name, member]) =>
      [name, anyValue(member, { values, place: [...place, name] })] as const
    );
    return fc.record(Object.fromEntries(members), { requiredKeys: required });
  }
  if (typeof additionalProperties !== "object") return fc.dictionary(fc.string(), fc.jsonValue());
  const names = (values.known.keys ?? []).map(String);
  return fc.dictionary(
    names.length === 0 ? fc.string() : fc.constantFrom(...names),
    anyValue(additionalProperties, { values, place: [...place, "*"] }),
    { maxKeys: 2 },
  );
}

/** A value with some of its members drawn anew, added or left out, so that it still is what the schema describes. */
export function redrawn(
  value: unknown,
  { schema, values, kept }: {
    readonly schema: Schema;
    readonly values: Values;
    /** Names of members that stay as they are, there or not there. */
    readonly kept: ReadonlySet<string>;
  },
): fc.Arbitrary<unknown> {
  const places = placesOf({ value, schema }).filter(({ place }) => !kept.has(place.at(-1)!));
  const changes = places.map(({ place, schema, isRequired }) =>
    fc.record({
      place: fc.constant(place),
      value: anyValue(schema, { values, place }),
      isGone: isRequired ? fc.constant(false) : fc.boolean(),
    })
  );
  if (changes.length === 0) return fc.constant(value);
  return fc.array(fc.oneof(...changes), { maxLength: 3 }).map((drawn) => {
    const copy = structuredClone(value);
    for (const change of drawn) put(copy, change);
    return copy;
  });
}

interface MemberPlace {
  readonly place: Place;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** The members an object has or may have by its schema, and those of the objects in it; lists count as one value. */
function placesOf(
  { value, schema, place = [] }: { readonly value: unknown; readonly schema: Schema; readonly place?: Place },
): readonly MemberPlace[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const required: readonly string[] = schema.required ?? [];
  return Object.entries<Schema>(schema.properties ?? {}).flatMap(([name, member]) => {
    const here = [...place, name];
    const inside = placesOf({ value: (value as Schema)[name], schema: member, place: here });
    return [{ place: here, schema: member, isRequired: required.includes(name) }, ...inside];
  });
}

/** Nothing happens where an earlier change took the object away that the member would be of. */
function put(
  root: Schema,
  { place, value, isGone }: { readonly place: Place; readonly value: unknown; readonly isGone: boolean },
): void {
  let holder = root;
  for (const name of place.slice(0, -1)) holder = holder?.[name];
  if (typeof holder !== "object" || holder === null) return;
  if (isGone) delete holder[place.at(-1)!];
  else holder[place.at(-1)!] = structuredClone(value);
}
