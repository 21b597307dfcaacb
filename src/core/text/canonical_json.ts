import { compareCodePoints, pythonString } from "./python_json.ts";

/** Members of a parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A JSON value as the one text that is hashed (`cj1`): members sorted by code point at every depth, no white space,
 * ASCII only, `undefined` members dropped, `-0` as `0`. Two values that differ in member order alone give equal texts.
 *
 * Throws a `TypeError` for what JSON cannot carry: NaN, infinities, bigints, functions, class instances.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isPlainObject(value)) return objectText(value);
  throw new TypeError(`Cannot write a value of type ${typeof value} as canonical JSON`);
}

function objectText(value: Readonly<Record<string, unknown>>): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(compareCodePoints)
    .map((key) => `${quoted(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}

function quoted(text: string): string {
  return pythonString(text, { ascii: true });
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`Cannot write ${value} as canonical JSON`);
  return JSON.stringify(value);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
