import type { SqlContext } from "./connect.ts";
import type { SqlFragment } from "./fragments.ts";
import { dueSql } from "./lease_sql.ts";
import { run } from "./prepared.ts";

/** Channel of jobs that became claimable; the payload is empty, so that Postgres folds those of one transaction. */
export const queuedChannel = "backtest_jobs_queued";

/** Channel of running jobs whose cancel was requested; the payload is the job id. */
export const cancelChannel = "backtest_jobs_cancelled";

/**
 * Wakes the workers when the transaction that queued this job commits, unless another job already waits: then they are
 * awake, or busy and will come back without being told. So a burst costs one notice per worker it wakes, not one per
 * job, and does not queue for the lock that orders all notices of a server.
 */
export async function announceQueued(tx: SqlContext, jobId: string): Promise<void> {
  await run(tx, { text: announceQueuedSql, parameters: [jobId] });
}

/** An expression that wakes the workers. */
export const tellQueuedSql = `pg_notify('${queuedChannel}', '')`;

const announceQueuedSql = `
  SELECT ${tellQueuedSql} WHERE NOT EXISTS (
    SELECT FROM backtest_jobs
    WHERE state = 'queued' AND job_id <> $1::uuid
      AND ${dueSql}
  )`;

/** An expression that tells the worker of a job, given as an expression, that its cancel was requested. */
export function tellCancel(sql: SqlContext, jobId: SqlFragment): SqlFragment {
  return sql`pg_notify(${cancelChannel}::text, ${jobId}::text)`;
}
