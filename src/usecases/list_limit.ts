import { validationError } from "../core/errors/mod.ts";

const limitDefault = 50;
const limitMax = 250;

/**
 * How many items of a list are asked for, 50 when that is not said. Throws a `validation_error` outside 1..250; `list`
 * begins its message: `Jobs`.
 */
export function listLimit(limit: number | undefined, list: string): number {
  const asked = limit ?? limitDefault;
  const refused = (code: string, bound: string) =>
    validationError(`${list} list limit must be ${bound}, got ${asked}`, [
      { path: "query.limit", code, message: `limit must be ${bound}` },
    ]);
  if (!Number.isInteger(asked) || asked <= 0) throw refused("greater_than", "> 0");
  if (asked > limitMax) throw refused("max_value", `<= ${limitMax}`);
  return asked;
}
