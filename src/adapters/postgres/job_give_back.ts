import type { Job, Lease } from "../../core/job.ts";
import type { Sql } from "./connect.ts";
import { leaseAlive, moment, noLease } from "./fragments.ts";
import { tellQueued } from "./job_notices.ts";
import { type JobRow, toJob } from "./job_row.ts";

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

async function giveBack(
  sql: Sql,
  back: { readonly lease: Lease; readonly spent: 0 | 1; readonly delayMs: number | null },
): Promise<Job | null> {
  const { lease, spent, delayMs } = back;
  // null keeps the job claimable at once: null + interval is null
  const delay = sql`make_interval(secs => ${delayMs}::double precision / 1000)`;
  const cancelled = sql`j.cancel_requested_at IS NOT NULL`;
  const [row] = await sql<JobRow[]>`
    WITH back AS (
      UPDATE backtest_jobs AS j
      SET state = CASE WHEN ${cancelled} THEN 'cancelled' ELSE 'queued' END,
          started_at = CASE WHEN ${cancelled} THEN j.started_at END,
          finished_at = CASE WHEN ${cancelled} THEN GREATEST(now.at, j.updated_at) END,
          retries = j.retries + CASE WHEN ${cancelled} THEN 0 ELSE ${spent}::int END,
          not_before = CASE WHEN ${cancelled} THEN NULL ELSE now.at + ${delay} END,
          stage = 'stage_a', processed_units = 0, total_units = 0,
          updated_at = GREATEST(now.at, j.updated_at), ${noLease(sql)}
      FROM ${moment(sql)} AS now
      WHERE ${leaseAlive(sql, lease)}
      RETURNING j.*
    )
    SELECT back.*, CASE WHEN back.state = 'queued' AND back.not_before IS NULL THEN ${tellQueued(sql)} END
    FROM back`;
  return row ? toJob(row) : null;
}
