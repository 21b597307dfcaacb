import type { BacktestError } from "../../core/errors/mod.ts";
import type { DatabaseErrorKind } from "../../ports/database_usage.ts";

// by SQLSTATE, or its class, the first two characters: https://www.postgresql.org/docs/current/errcodes-appendix.html
const kinds: Readonly<Record<string, DatabaseErrorKind>> = {
  "08": "connection",
  "57P": "connection",
  "57P05": "timeout",
  "57014": "timeout",
  "25P03": "timeout",
  "25P04": "timeout",
  "55P03": "timeout",
  "53": "resources",
  "54": "resources",
  "40": "conflict",
  "23": "integrity",
  "28": "permission",
  "42501": "permission",
};

/** What is wrong, from the SQLSTATE of a `storage_unavailable`; one without it was not told by a server. */
export function databaseErrorKind({ details: { sqlstate } }: BacktestError): DatabaseErrorKind {
  if (typeof sqlstate !== "string") return "connection";
  return kinds[sqlstate] ?? kinds[sqlstate.slice(0, 3)] ?? kinds[sqlstate.slice(0, 2)] ?? "other";
}
