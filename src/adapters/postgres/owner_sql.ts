import type { SqlContext } from "./connect.ts";
import { run } from "./prepared.ts";

/** What counts against an owner's quota, by table: whose they are, `$1`, and that they are not over. */
const activeRows: readonly string[] = [
  "FROM backtest_jobs WHERE user_id = $1::uuid AND state IN ('queued', 'running')",
  "FROM backtest_runs WHERE user_id = $1::uuid AND state = 'running' AND kind <> 'baseline'",
];

const countActiveSql = `
  SELECT (${activeRows.map((rows) => `(SELECT count(*) ${rows})`).join(" + ")})::int AS active`;

const lockOwnerSql = "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))";

/**
 * Until the transaction ends, whatever else creates something for this owner waits here, so that count and insert are one
 * step.
 */
export async function lockOwner(tx: SqlContext, userId: string): Promise<void> {
  await run(tx, { text: lockOwnerSql, parameters: [userId] });
}

/** How many of an owner's jobs and runs are not over: what every quota is held against. */
export async function countActive(sql: SqlContext, userId: string): Promise<number> {
  const [row] = await run<{ readonly active: number }>(sql, { text: countActiveSql, parameters: [userId] });
  return row!.active;
}
