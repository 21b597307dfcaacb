import type { Job, Lease } from "../../core/job.ts";
import type { Sql } from "./connect.ts";
import { tellQueuedSql } from "./job_notices.ts";
import { type JobRow, toJob } from "./job_row.ts";
import { leaseAliveSql, leaseParameters, momentSql, noLeaseSql } from "./job_sql.ts";
import { run } from "./prepared.ts";

/** Gives the job back and wakes the others. It keeps its `created_at`, and with it its place at the head of the queue. */
export async function release(sql: Sql, lease: Lease): Promise<Job | null> {
  return await giveBack(sql, { lease, spent: 0, delayMs: null });
}

/** Gives the job back for a later time, which comes without a notice: the next poll after it finds the job. */
export async function retry(
  sql: Sql,
  { lease, delayMs }: { readonly lease: Lease; readonly delayMs: number },
): Promise<Job | null> {
  return await giveBack(sql, { lease, spent: 1, delayMs });
}

const cancelledSql = "j.cancel_requested_at IS NOT NULL";

// null as delay, $5, keeps the job claimable at once: null + interval is null
const giveBackSql = `
  WITH back AS (
    UPDATE backtest_jobs AS j
    SET state = CASE WHEN ${cancelledSql} THEN 'cancelled' ELSE 'queued' END,
        started_at = CASE WHEN ${cancelledSql} THEN j.started_at END,
        finished_at = CASE WHEN ${cancelledSql} THEN GREATEST(now.at, j.updated_at) END,
        retries = j.retries + CASE WHEN ${cancelledSql} THEN 0 ELSE $4::int END,
        not_before = CASE WHEN ${cancelledSql} THEN NULL
          ELSE now.at + make_interval(secs => $5::double precision / 1000) END,
        stage = 'stage_a', processed_units = 0, total_units = 0,
        updated_at = GREATEST(now.at, j.updated_at), ${noLeaseSql}
    FROM ${momentSql} AS now
    WHERE ${leaseAliveSql}
    RETURNING j.*
  )
  SELECT back.*, CASE WHEN back.state = 'queued' AND back.not_before IS NULL THEN ${tellQueuedSql} END
  FROM back`;

async function giveBack(
  sql: Sql,
  back: { readonly lease: Lease; readonly spent: 0 | 1; readonly delayMs: number | null },
): Promise<Job | null> {
  const parameters = [...leaseParameters(back.lease), back.spent, back.delayMs];
  const [row] = await run<JobRow>(sql, { text: giveBackSql, parameters });
  return row ? toJob(row) : null;
}
