import { validationError } from "../core/errors/mod.ts";

const limitDefault = 50;
const limitMax = 250;

/** A list, and how long its pages are. */
interface ListPages {
  /** Begins an error's message: `Jobs`. */
  readonly list: string;
  readonly usual: number;
  readonly max: number;
}

/**
 * How many items of a list are asked for, 50 when that is not said. Throws a `validation_error` outside 1..250, unless the
 * list has pages of another length; `list` begins its message: `Jobs`.
 */
export function listLimit(limit: number | undefined, pages: string | ListPages): number {
  const { list, usual, max } = typeof pages === "string"
    ? { list: pages, usual: limitDefault, max: limitMax }
    : pages;
  const asked = limit ?? usual;
  const refused = (code: string, bound: string) =>
    validationError(`${list} list limit must be ${bound}, got ${asked}`, [
      { path: "query.limit", code, message: `limit must be ${bound}` },
    ]);
  if (!Number.isInteger(asked) || asked <= 0) throw refused("greater_than", "> 0");
  if (asked > max) throw refused("max_value", `<= ${max}`);
  return asked;
}
