import type { Job, Lease } from "../../core/job/mod.ts";
import type { Sql } from "./connect.ts";
import { tellQueuedSql } from "./job_notices.ts";
import { type JobRow, toJob } from "./job_row.ts";
import { jobLease, leaseParameters, momentSql } from "./job_sql.ts";
import { noLeaseSql } from "./lease_sql.ts";
import { onOlderSchema } from "./older_schema.ts";
import { run } from "./prepared.ts";

/**
 * Gives the job back, and wakes the others unless it is for later. It keeps its `created_at`, and with it its place at the
 * head of the queue.
 */
export async function release(
  sql: Sql,
  { lease, delayMs }: { readonly lease: Lease; readonly delayMs: number | null },
): Promise<Job | null> {
  return await giveBack(sql, { lease, spent: 0, delayMs });
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
const giveBackSql = (fence: string) => `
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
    WHERE ${fence}
    RETURNING j.*
  )
  SELECT back.*, CASE WHEN back.state = 'queued' AND back.not_before IS NULL THEN ${tellQueuedSql} END
  FROM back`;

const giveBackAliveSql = giveBackSql(jobLease.alive);
const giveBackOursSql = giveBackSql(jobLease.ours);

async function giveBack(
  sql: Sql,
  back: {
    readonly lease: Lease;
    readonly spent: 0 | 1;
    readonly delayMs: number | null;
    readonly text?: string;
  },
): Promise<Job | null> {
  const { lease, spent, delayMs, text = giveBackAliveSql } = back;
  const parameters = [...leaseParameters(lease), spent, delayMs];
  const [row] = await run<JobRow>(sql, { text, parameters });
  return row ? toJob(row) : null;
}

/**
 * Gives back what was lost: the job, when nobody has taken it over yet, else the retry that the take-over has spent. Once:
 * the attempt is struck off the silent ones.
 */
export async function surrender(sql: Sql, lease: Lease): Promise<Job | null> {
  const back = await giveBack(sql, { lease, spent: 0, delayMs: null, text: giveBackOursSql });
  if (back !== null) return back;
  const parameters = [lease.jobId, `${lease.attempt} ${lease.lockedBy}`];
  const [row] = await onOlderSchema(
    () => run<JobRow>(sql, { text: strikeOffSql, parameters }),
    () => Promise.resolve<readonly JobRow[]>([]),
  );
  return row ? toJob(row) : null;
}

/** What is on record as a worker's. */
export async function listAttempts(sql: Sql, lockedBy: string): Promise<readonly Lease[]> {
  const parameters = [lockedBy];
  const rows = await onOlderSchema(
    () =>
      run<AttemptRow>(sql, { text: `${runningOfSql} UNION ALL ${silentOfSql} ORDER BY 1, 2`, parameters }),
    () => run<AttemptRow>(sql, { text: runningOfSql, parameters }),
  );
  return rows.map(({ job_id: jobId, attempt }) => ({ jobId, lockedBy, attempt }));
}

interface AttemptRow {
  readonly job_id: string;
  readonly attempt: number;
}

const runningOfSql = `
  SELECT job_id, attempt FROM backtest_jobs WHERE state = 'running' AND locked_by = $1::text`;

const silentOfSql = `
  SELECT job_id, split_part(silent.name, ' ', 1)::int
  FROM backtest_jobs, jsonb_array_elements_text(silent_attempts) AS silent (name)
  WHERE state IN ('queued', 'running') AND silent_attempts <> '[]'
    AND silent.name = split_part(silent.name, ' ', 1) || ' ' || $1::text`;

const strikeOffSql = `
  UPDATE backtest_jobs AS j
  SET retries = j.retries - 1, silent_attempts = j.silent_attempts - $2::text,
      updated_at = GREATEST(now.at, j.updated_at)
  FROM ${momentSql} AS now
  WHERE j.job_id = $1::uuid AND j.state IN ('queued', 'running') AND j.silent_attempts ? $2::text
  RETURNING j.*`;
