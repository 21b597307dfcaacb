import { type ErrorItem, validationError } from "../core/errors/mod.ts";

/**
 * Throws a `validation_error` for a JSON value with a text or a name that Postgres keeps in no jsonb: one with a NUL, or
 * with half of a surrogate pair.
 */
export function requireStorable(value: unknown, root: string): void {
  const items = unstorable(value, root);
  if (items.length > 0) throw validationError("Validation failed", items);
}

function unstorable(value: unknown, path: string): readonly ErrorItem[] {
  if (typeof value === "string") return isStorable(value) ? [] : [item(path)];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    isStorable(key) ? unstorable(member, `${path}.${key}`) : [item(path)]
  );
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function item(path: string): ErrorItem {
  const message =
    `${path} must be without NUL characters and halves of surrogate pairs, names of members included`;
  return { path, code: "value_error", message };
}
