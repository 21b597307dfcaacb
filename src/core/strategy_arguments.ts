import { requireUuid } from "./job_arguments.ts";
import { type NewStrategy, strategyNameLengthMax } from "./strategy.ts";

/** Throws a TypeError unless a new strategy can be stored: ids, a name of sensible length, a specification with members. */
export function requireNewStrategy({ strategyId, userId, name, spec }: NewStrategy): void {
  requireUuid("strategy id", strategyId);
  requireUuid("user id", userId);
  if (name === "" || name !== name.trim() || name.length > strategyNameLengthMax) {
    throw new TypeError(
      `Cannot save strategy "${strategyId}": its name must have 1 to ${strategyNameLengthMax} characters and no blanks around it`,
    );
  }
  if (Array.isArray(spec) || Object.keys(spec).length === 0) {
    throw new TypeError(`Cannot save strategy "${strategyId}": its specification has no members`);
  }
}
