import { BacktestError } from "./errors.ts";

// data exception, integrity constraint violation, syntax error or access rule violation
const permanentClasses: ReadonlySet<string> = new Set(["22", "23", "42"]);

/**
 * Whether a failed storage call may work when it is sent again: the database was not reached, or it refused for a reason
 * that passes. A statement that it understood and rejected, as the SQLSTATE in the details tells, will be rejected again.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof BacktestError) || error.code !== "storage_unavailable") return false;
  const { sqlstate } = error.details;
  return typeof sqlstate !== "string" || !permanentClasses.has(sqlstate.slice(0, 2));
}
