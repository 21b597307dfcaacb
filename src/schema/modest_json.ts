import { validationError } from "../core/errors/mod.ts";

/** How deep a body may be nested: a request has 8 levels. */
const depthMax = 32;
/** How many members an object of a body may have, known or not. */
const membersMax = 1000;

/**
 * Throws a `validation_error` for JSON that is nested deeper than any request, or has an object of more members: one
 * finding and a walk through it, where a schema would make a finding of every member.
 */
export function requireModestJson(value: unknown, root: string): void {
  const open: [value: unknown, depth: number][] = [[value, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > depthMax) throw refused(root, `be nested at most ${depthMax} deep`);
    const members = Object.values(value);
    if (!Array.isArray(value) && members.length > membersMax) {
      throw refused(
        root,
        `have at most ${membersMax} members in each object, got one with ${members.length}`,
      );
    }
    for (const member of members) open.push([member, depth + 1]);
  }
}

function refused(root: string, expected: string): Error {
  return validationError("Validation failed", [
    { path: root, code: "too_long", message: `${root} must ${expected}` },
  ]);
}
