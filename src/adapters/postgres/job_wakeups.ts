import type { Sql, SqlContext } from "./connect.ts";
import { withStorageErrors } from "./storage_error.ts";

const channel = "backtest_jobs_queued";

/** Tells listening workers that a job was queued; they hear it when the transaction commits. */
export async function announceQueued(sql: SqlContext, jobId: string): Promise<void> {
  await sql`SELECT pg_notify(${channel}::text, ${jobId}::text)`;
}

/**
 * Calls `onQueued` whenever a job is queued, over a connection of its own that is opened again when it breaks. Polling
 * stays necessary: nothing is announced when a lease expires or while the connection is down. Not for PGlite.
 */
export async function listenForQueued(sql: Sql, onQueued: () => void): Promise<AsyncDisposable> {
  const listener = await withStorageErrors("listen for queued jobs", () => sql.listen(channel, onQueued));
  return { [Symbol.asyncDispose]: () => listener.unlisten() };
}
