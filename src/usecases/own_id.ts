import { validationError } from "../core/errors/mod.ts";
import { isUuid, shown } from "../core/text/mod.ts";

/** The id of a job, a strategy, an optimisation or a run as it is stored: lower case, no blanks around it. Throws a `validation_error` for no UUID. */
export function ownId(kind: "job" | "strategy" | "optimization" | "run", text: string): string {
  const id = text.trim().toLowerCase();
  if (isUuid(id)) return id;
  throw validationError(`Cannot find ${kind} ${shown(text)}: not a UUID`, [
    {
      path: kind === "optimization" ? "path.id" : `path.${kind}_id`,
      code: "uuid_parsing",
      message: `${shown(text)} is not a UUID`,
    },
  ]);
}
