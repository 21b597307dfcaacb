import { BacktestError } from "../../core/errors.ts";
import type { Sql } from "./connect.ts";
import { type MigrationStatus, migrationStatus } from "./migrate.ts";
import { withStorageErrors } from "./storage_error.ts";

const tables = [
  "backtest_jobs",
  "backtest_job_top_variants",
  "backtest_job_stage_a_shortlist",
  "backtest_job_planes",
];
const remedy: Readonly<Record<MigrationStatus["state"], string | null>> = {
  applied: null,
  pending: "is not applied; run `deno task migrate`",
  changed: "was applied with another content; restore the file",
  unknown: "is unknown to this version; update the program",
};

/** Rejects with `storage_unavailable` and the remedy unless the schema is the one this version was written for. */
export async function requireSchema(sql: Sql): Promise<void> {
  const missing = await withStorageErrors("look for the tables", () =>
    sql<{ readonly name: string }[]>`
      SELECT name FROM unnest(${tables}::text[]) WITH ORDINALITY AS wanted (name, position)
      WHERE to_regclass(name) IS NULL ORDER BY position`);
  if (missing[0]) throw unusable(`table ${missing[0].name} is missing; run \`deno task migrate\``);
  for (const { name, state } of await migrationStatus(sql)) {
    if (remedy[state] !== null) throw unusable(`migration ${name} ${remedy[state]}`);
  }
}

function unusable(reason: string): BacktestError {
  return new BacktestError("storage_unavailable", `Cannot use the database: ${reason}`);
}
