import assert from "node:assert/strict";
import { BacktestError } from "../../core/errors/mod.ts";
import { databaseErrorKind } from "./database_error_kind.ts";

const kindOf = (sqlstate?: string) =>
  databaseErrorKind(
    new BacktestError("storage_unavailable", "down", { details: sqlstate ? { sqlstate } : {} }),
  );

Deno.test("13 databaseErrorKind() tells a state by its whole code first, then by its class", () => {
  const kinds = {
    "08006": "connection",
    "57P01": "connection",
    "57P05": "timeout",
    "57014": "timeout",
    "55P03": "timeout",
    "25P03": "timeout",
    "25P02": "other",
    "53300": "resources",
    "54000": "resources",
    "40001": "conflict",
    "40P01": "conflict",
    "23505": "integrity",
    "28P01": "permission",
    "42501": "permission",
    "42P01": "other",
    "57000": "other",
    "XX000": "other",
  };
  for (const [sqlstate, kind] of Object.entries(kinds)) assert.equal(kindOf(sqlstate), kind, sqlstate);
  assert.equal(kindOf(), "connection", "a server that told nothing");
});
