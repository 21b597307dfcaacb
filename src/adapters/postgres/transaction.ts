import type { Sql, SqlContext } from "./connect.ts";
import { isDriverError } from "./storage_error.ts";

/** More than a pool has connections, each of which may hold a stale plan. */
const attemptsMax = 30;

/**
 * Runs `work` in one transaction, which is rolled back when it rejects. A connection that is lost meanwhile rejects like
 * any other failure. `work` may be run again after a rollback: the driver mends a prepared statement whose columns a
 * migration has changed, but within a transaction it comes too late.
 */
export async function inTransaction<T>(sql: Sql, work: (tx: SqlContext) => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await runOnce(sql, work);
    } catch (error) {
      if (attempt === attemptsMax || !isStalePlan(error)) throw error;
    }
  }
}

async function runOnce<T>(sql: Sql, work: (tx: SqlContext) => Promise<T>): Promise<T> {
  const done = await sql.begin(async (tx) => {
    try {
      return { answer: await work(tx) };
    } catch (error) {
      // postgres.js 3.4.9 would send its ROLLBACK to the closed socket and throw outside of every promise, which ends the
      // process. The server has rolled back by itself, and begin() rejects as soon as the connection is closed.
      if (isConnectionLost(error)) return await new Promise<never>(() => {});
      throw error;
    }
  });
  return done.answer;
}

function isConnectionLost(error: unknown): boolean {
  if (!isDriverError(error)) return false;
  return error.name !== "PostgresError" || ("severity" in error && error.severity === "FATAL");
}

function isStalePlan(error: unknown): boolean {
  return isDriverError(error) && "routine" in error && error.routine === "RevalidateCachedQuery";
}
