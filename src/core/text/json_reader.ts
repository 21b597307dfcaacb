import { validationError } from "../errors/mod.ts";
import { shown } from "./shown.ts";
import { parseTimestamp } from "./time_text.ts";

/** Members of a parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object. This reader and its siblings throw a `validation_error` naming `path` and the value. */
export function readObject(value: unknown, path: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail({ value, path }, "an object");
  return value as JsonObject;
}

/** The value as a list with at least one entry. */
export function readList(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) fail({ value, path }, "a list with entries");
  return value as readonly unknown[];
}

/** The value as a text that is not empty. */
export function readText(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") fail({ value, path }, "a text");
  return value as string;
}

/** The value as a finite number. */
export function readNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value)) fail({ value, path }, "a number");
  return value as number;
}

/** The value as an integer > 0. */
export function readPositiveInteger(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value) || (value as number) <= 0) fail({ value, path }, "an integer > 0");
  return value as number;
}

/** The value as a finite number > 0. */
export function readPositiveNumber(value: unknown, path: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    fail({ value, path }, "a number > 0");
  }
  return value as number;
}

/** The value as a boolean. */
export function readBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") fail({ value, path }, "true or false");
  return value as boolean;
}

/** The value as epoch milliseconds of a timestamp with offset. */
export function readTime(value: unknown, path: string): number {
  const epochMs = typeof value === "string" ? parseTimestamp(value) : null;
  if (epochMs === null) fail({ value, path }, "a timestamp with offset");
  return epochMs as number;
}

/** Reads one member of a closed set of texts. */
export function oneOf<T extends string>(allowed: readonly T[]): (value: unknown, path: string) => T {
  return (value, path) => {
    if (!allowed.includes(value as T)) fail({ value, path }, `one of ${allowed.join(", ")}`);
    return value as T;
  };
}

/** Reads every member of an object with the same reader. */
export function recordOf<T>(
  read: (value: unknown, path: string) => T,
): (value: unknown, path: string) => Readonly<Record<string, T>> {
  return (value, path) => {
    const members = Object.entries(readObject(value, path));
    return Object.fromEntries(members.map(([key, member]) => [key, read(member, `${path}.${key}`)]));
  };
}

function fail(found: { readonly value: unknown; readonly path: string }, expected: string): never {
  const message = `${found.path} must be ${expected}, got ${shown(found.value)}`;
  throw validationError(`Cannot read a stored request: ${message}`, [
    { path: found.path, code: "value_error", message },
  ]);
}
