import type { Job, Lease, TopVariant } from "../../core/job.ts";
import {
  requireEnding,
  requireInteger,
  requireLease,
  requireOwner,
  requireProgress,
  requireTopVariants,
} from "../../core/job_arguments.ts";
import type { Ending, JobQueue, LeaseStatus, Progress } from "../../ports/job_queue.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { asJsonb, leaseAlive, moment, type SqlFragment } from "./fragments.ts";
import { type JobRow, toJob, toMs } from "./job_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { lockLease, rewriteTopVariants } from "./top_variant_rows.ts";

/** The worker's side of the queue over a pool. */
export function postgresJobQueue(sql: Sql): JobQueue {
  return {
    async claimNext(claim) {
      requireOwner(claim.lockedBy);
      requireInteger(claim.leaseSeconds, { name: "lease seconds" });
      return await withStorageErrors(`claim a job as "${claim.lockedBy}"`, () => claimNext(sql, claim));
    },
    async check(lease) {
      requireLease(lease);
      return await withStorageErrors(`check the lease of job "${lease.jobId}"`, () => check(sql, lease));
    },
    async heartbeat(lease, { leaseSeconds }) {
      requireLease(lease);
      requireInteger(leaseSeconds, { name: "lease seconds" });
      return await withStorageErrors(
        `extend the lease of job "${lease.jobId}"`,
        () => heartbeat(sql, { lease, leaseSeconds }),
      );
    },
    async updateProgress(lease, progress) {
      requireLease(lease);
      requireProgress(progress);
      return await withStorageErrors(
        `store progress of job "${lease.jobId}"`,
        () => updateProgress(sql, { lease, progress }),
      );
    },
    async finish(lease, ending) {
      requireLease(lease);
      requireEnding(ending);
      return await withStorageErrors(
        `finish job "${lease.jobId}" as ${ending.state}`,
        () => finish(sql, { lease, ending }),
      );
    },
    async succeed(lease, rows) {
      requireLease(lease);
      requireTopVariants(rows);
      return await withStorageErrors(
        `store the result of job "${lease.jobId}"`,
        () => succeed(sql, { lease, rows }),
      );
    },
    async release(lease) {
      requireLease(lease);
      return await withStorageErrors(`release job "${lease.jobId}"`, () => release(sql, lease));
    },
  };
}

async function claimNext(
  sql: Sql,
  claim: { readonly lockedBy: string; readonly leaseSeconds: number },
): Promise<Job | null> {
  const [row] = await sql<JobRow[]>`
    WITH now AS MATERIALIZED ${moment(sql)},
    fresh AS (
      SELECT job_id FROM backtest_jobs
      WHERE state = 'queued'
      ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
    ),
    expired AS (
      SELECT job_id FROM backtest_jobs
      WHERE state = 'running' AND lease_expires_at <= (SELECT at FROM now) AND NOT EXISTS (SELECT FROM fresh)
      ORDER BY lease_expires_at, created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
    ),
    pick AS (SELECT job_id FROM fresh UNION ALL SELECT job_id FROM expired)
    UPDATE backtest_jobs AS j
    SET state = 'running',
        stage = CASE WHEN j.state = 'queued' THEN 'stage_a' ELSE j.stage END,
        started_at = COALESCE(j.started_at, GREATEST(now.at, j.updated_at)),
        updated_at = GREATEST(now.at, j.updated_at),
        locked_by = ${claim.lockedBy}::text,
        locked_at = now.at,
        heartbeat_at = now.at,
        lease_expires_at = now.at + make_interval(secs => ${claim.leaseSeconds}::int),
        attempt = j.attempt + 1
    FROM pick, now
    WHERE j.job_id = pick.job_id
    RETURNING j.*`;
  return row ? toJob(row) : null;
}

type LeaseRow = Pick<JobRow, "cancel_requested_at"> & { readonly lease_expires_at: Date };

async function check(sql: Sql, lease: Lease): Promise<LeaseStatus | null> {
  const [row] = await sql<LeaseRow[]>`
    SELECT j.cancel_requested_at, j.lease_expires_at FROM backtest_jobs AS j WHERE ${leaseAlive(sql, lease)}`;
  return row ? toLeaseStatus(row) : null;
}

async function heartbeat(
  sql: Sql,
  options: { readonly lease: Lease; readonly leaseSeconds: number },
): Promise<LeaseStatus | null> {
  const [row] = await sql<LeaseRow[]>`
    UPDATE backtest_jobs AS j
    SET heartbeat_at = now.at,
        lease_expires_at = now.at + make_interval(secs => ${options.leaseSeconds}::int),
        updated_at = GREATEST(now.at, j.updated_at)
    FROM ${moment(sql)} AS now
    WHERE ${leaseAlive(sql, options.lease)}
    RETURNING j.cancel_requested_at, j.lease_expires_at`;
  return row ? toLeaseStatus(row) : null;
}

async function updateProgress(
  sql: Sql,
  options: { readonly lease: Lease; readonly progress: Progress },
): Promise<LeaseStatus | null> {
  const { stage, processedUnits, totalUnits } = options.progress;
  const [row] = await sql<LeaseRow[]>`
    UPDATE backtest_jobs AS j
    SET stage = ${stage}::text,
        processed_units = ${processedUnits}::int,
        total_units = ${totalUnits}::int,
        progress_updated_at = now.at,
        updated_at = GREATEST(now.at, j.updated_at)
    FROM ${moment(sql)} AS now
    WHERE ${leaseAlive(sql, options.lease)}
    RETURNING j.cancel_requested_at, j.lease_expires_at`;
  return row ? toLeaseStatus(row) : null;
}

async function finish(
  sql: Sql,
  options: { readonly lease: Lease; readonly ending: Ending },
): Promise<Job | null> {
  const { lease, ending } = options;
  const error = ending.state === "failed" ? ending.error : null;
  const [row] = await sql<JobRow[]>`
    UPDATE backtest_jobs AS j
    SET ${terminal(sql, ending.state)},
        last_error = ${error && error.message}::text,
        last_error_json = ${error && asJsonb(sql, error)}
    FROM ${moment(sql)} AS now
    WHERE ${leaseAlive(sql, lease)}
    RETURNING j.*`;
  return row ? toJob(row) : null;
}

async function succeed(
  sql: Sql,
  options: { readonly lease: Lease; readonly rows: readonly TopVariant[] },
): Promise<Job | null> {
  const { lease, rows } = options;
  return await sql.begin(async (tx) => {
    if (!await lockLease(tx, lease)) return null;
    await rewriteTopVariants(tx, { jobId: lease.jobId, rows });
    const [row] = await tx<[JobRow]>`
      UPDATE backtest_jobs AS j
      SET ${terminal(tx, "succeeded")}, stage = 'finalizing'
      FROM ${moment(tx)} AS now
      WHERE j.job_id = ${lease.jobId}::uuid
      RETURNING j.*`;
    return toJob(row);
  });
}

/** The job keeps its `created_at`, and with it its place at the head of the queue. */
async function release(sql: Sql, lease: Lease): Promise<Job | null> {
  const [row] = await sql<JobRow[]>`
    UPDATE backtest_jobs AS j
    SET state = 'queued', stage = 'stage_a', processed_units = 0, total_units = 0, started_at = NULL,
        updated_at = GREATEST(now.at, j.updated_at), ${noLease(sql)}
    FROM ${moment(sql)} AS now
    WHERE ${leaseAlive(sql, lease)}
    RETURNING j.*`;
  return row ? toJob(row) : null;
}

function terminal(sql: SqlContext, state: Job["state"]): SqlFragment {
  return sql`state = ${state}::text, finished_at = GREATEST(now.at, j.updated_at),
    updated_at = GREATEST(now.at, j.updated_at), ${noLease(sql)}`;
}

function noLease(sql: SqlContext): SqlFragment {
  return sql`locked_by = NULL, locked_at = NULL, lease_expires_at = NULL, heartbeat_at = NULL`;
}

function toLeaseStatus(row: LeaseRow): LeaseStatus {
  return {
    cancelRequestedAtMs: toMs(row.cancel_requested_at),
    leaseExpiresAtMs: row.lease_expires_at.getTime(),
  };
}
