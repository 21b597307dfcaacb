import { z } from "zod";

type AnyModule = Readonly<Record<string, unknown>>;

/**
 * The types of all schemas that some modules export, as TypeScript without imports: `jobListSchema` gives `JobList`, and
 * what a schema says of a member stands above it.
 */
export function answerTypes(modules: readonly AnyModule[]): string {
  const exported = modules.flatMap((module) => Object.entries(module));
  const schemas = exported.filter((entry): entry is [string, z.ZodType] =>
    entry[0].endsWith("Schema") && entry[1] instanceof z.ZodType
  );
  const names = new Map(schemas.map(([name, schema]) => [schema, typeName(name)]));
  return schemas.map(([name, schema]) => `export type ${typeName(name)} = ${printed(schema, names)};\n`).join(
    "",
  );
}

type Names = ReadonlyMap<z.ZodType, string>;

function typeName(schemaName: string): string {
  return schemaName[0]!.toUpperCase() + schemaName.slice(1, -"Schema".length);
}

/** A schema where it is used: by its name, where it has one. */
function used(schema: z.ZodType, names: Names): string {
  return names.get(schema) ?? printed(schema, names);
}

function printed(schema: z.ZodType, names: Names): string {
  const of = (inner: unknown) => used(inner as z.ZodType, names);
  if (schema instanceof z.ZodObject) return printedObject(schema, names);
  if (schema instanceof z.ZodArray) return `readonly (${of(schema.element)})[]`;
  if (schema instanceof z.ZodTuple) return `readonly [${schema._zod.def.items.map(of).join(", ")}]`;
  if (schema instanceof z.ZodRecord) return `Readonly<Record<string, ${of(schema.valueType)}>>`;
  if (schema instanceof z.ZodUnion) return schema.options.map(of).join(" | ");
  if (schema instanceof z.ZodNullable) return `${of(schema.unwrap())} | null`;
  if (schema instanceof z.ZodOptional) return of(schema.unwrap());
  if (schema instanceof z.ZodPipe) return of(schema.out);
  if (schema instanceof z.ZodLiteral) {
    return [...schema.values].map((value) => JSON.stringify(value)).join(" | ");
  }
  if (schema instanceof z.ZodEnum) return schema.options.map((value) => JSON.stringify(value)).join(" | ");
  const plain = schema._zod.def.type;
  if (!plainTypes.has(plain)) throw new Error(`Cannot write a type for a schema of type ${plain}`);
  return plain;
}

const plainTypes: ReadonlySet<string> = new Set(["string", "number", "boolean", "null", "unknown"]);

function printedObject({ shape, def }: z.ZodObject, names: Names): string {
  const members = Object.entries<z.ZodType>(shape).map(([name, member]) => {
    const { description } = member;
    const comment = description === undefined ? "" : `/** ${description.replaceAll("*/", "*\\/")} */\n`;
    return `${comment}readonly ${name}${member.isOptional() ? "?" : ""}: ${used(member, names)};\n`;
  });
  const open = def.catchall instanceof z.ZodUnknown ? "readonly [name: string]: unknown;\n" : "";
  return `{\n${members.join("")}${open}}`;
}
