import { z } from "zod";

/**
 * The same form without what bounds and compares its values, which other releases did in another way: numbers, lengths,
 * patterns, and members that must fit each other. What stays: the type of every value, the members of every object,
 * integers above 0, lists and texts that are not empty, and checks of a text with a code of their own.
 */
export function withoutBounds<Schema extends z.ZodType>(schema: Schema): Schema {
  const { def } = (schema as z.ZodType)._zod as { readonly def: AnyDef };
  const checks = (def.checks ?? []).filter(isOfForm);
  return schema.clone({ ...def, ...inner(def), checks } as never) as Schema;
}

/** What the definitions of the schemas of a request hold, of which each has some. */
interface AnyDef {
  readonly type: string;
  readonly checks?: readonly z.core.$ZodCheck[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
}

interface AnyCheck {
  readonly check: string;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly params?: { readonly code?: unknown };
}

function isOfForm({ _zod: { def } }: z.core.$ZodCheck): boolean {
  const { check, value, inclusive, params } = def as AnyCheck;
  return check === "min_length" || (check === "greater_than" && value === 0 && inclusive === false) ||
    params?.code !== undefined;
}

function inner(def: AnyDef): Partial<AnyDef> {
  const { shape, element, options, keyType, valueType, innerType, in: before, out: after } = def;
  return {
    ...(shape && {
      shape: Object.fromEntries(Object.entries(shape).map(([name, member]) => [name, withoutBounds(member)])),
    }),
    ...(element && { element: withoutBounds(element) }),
    ...(options && { options: options.map(withoutBounds) }),
    ...(keyType && { keyType: withoutBounds(keyType) }),
    ...(valueType && { valueType: withoutBounds(valueType) }),
    ...(innerType && { innerType: withoutBounds(innerType) }),
    // what looks at a list or an object before its items are read bounds their number
    ...(before && after &&
      (isTransform(before) ? { in: z.unknown(), out: withoutBounds(after) } : { in: withoutBounds(before) })),
  };
}

function isTransform(schema: z.ZodType): boolean {
  return schema._zod.def.type === "transform";
}
