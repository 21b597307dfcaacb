import { BacktestError } from "../../core/errors/mod.ts";
import type { Sql } from "./connect.ts";
import { asTexts } from "./fragments.ts";
import { type MigrationStatus, migrationStatus } from "./migrate.ts";
import { schemaVersion } from "./migration_files.ts";
import { withStorageErrors } from "./storage_error.ts";

/**
 * The oldest schema version that a worker's statements work on. At least one version behind the newest, so that new
 * workers may be started before or after the migration; a test runs one on every version from here on.
 */
export const workerSchemaMin = 8;

const tables = [
  "backtest_jobs",
  "backtest_job_top_variants",
  "backtest_job_stage_a_shortlist",
  "backtest_job_planes",
];
const remedy: Readonly<Record<MigrationStatus["state"], string | null>> = {
  applied: null,
  newer: null,
  pending: "is not applied; run `deno task migrate`",
  changed: "was applied with another content; restore the file",
  unknown: "is unknown to this version; update the program",
};

/** Which schemas a program puts up with. */
export interface SchemaNeeds {
  /** Migrations after this version may be missing; none may unless given. */
  readonly min?: number;
}

/**
 * Rejects with `storage_unavailable` and the remedy unless the schema is one that this version works on: its own, a
 * newer one whose migrations say so, or an older one down to `min`. Returns what of that is worth a line in the log.
 */
export async function requireSchema(
  sql: Sql,
  { min = Infinity }: SchemaNeeds = {},
): Promise<readonly string[]> {
  const missing = await withStorageErrors("look for the tables", () =>
    sql<{ readonly name: string }[]>`
      SELECT name FROM unnest(${asTexts(sql, tables)}) WITH ORDINALITY AS wanted (name, position)
      WHERE to_regclass(name) IS NULL ORDER BY position`);
  if (missing[0]) throw unusable(`table ${missing[0].name} is missing; run \`deno task migrate\``);
  const notices: string[] = [];
  for (const { name, state } of await migrationStatus(sql)) {
    if (state === "pending" && schemaVersion(name) > min) {
      notices.push(`Migration ${name} is not applied yet; run \`deno task migrate\``);
    } else if (remedy[state] !== null) {
      throw unusable(`migration ${name} ${remedy[state]}`);
    } else if (state === "newer") {
      notices.push(`The database has migration ${name} of a newer version, which this one works with`);
    }
  }
  return notices;
}

function unusable(reason: string): BacktestError {
  return new BacktestError("storage_unavailable", `Cannot use the database: ${reason}`);
}
