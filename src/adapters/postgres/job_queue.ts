import type { Job, Lease, TopVariant } from "../../core/job.ts";
import {
  requireClaim,
  requireEnding,
  requireInteger,
  requireLease,
  requireProgress,
  requireTopVariants,
  requireUuid,
} from "../../core/job_arguments.ts";
import type { Ending, JobQueue, LeaseStatus, Progress } from "../../ports/job_queue.ts";
import type { Sql } from "./connect.ts";
import { asJsonb, leaseAlive, moment, terminal } from "./fragments.ts";
import { claimNext } from "./job_claim.ts";
import { release, retry } from "./job_give_back.ts";
import { type JobRow, toJob, toMs } from "./job_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { lockLease, rewriteTopVariants } from "./top_variant_rows.ts";
import { inTransaction } from "./transaction.ts";

/** The worker's side of the queue over a pool. */
export function postgresJobQueue(sql: Sql): JobQueue {
  return {
    async claimNext(claim) {
      requireClaim(claim);
      return await withStorageErrors(`claim a job as "${claim.lockedBy}"`, () => claimNext(sql, claim));
    },
    async check(lease) {
      requireLease(lease);
      return await withStorageErrors(`check the lease of job "${lease.jobId}"`, () => check(sql, lease));
    },
    async getState({ jobId, attempt }) {
      requireUuid("job id", jobId);
      return await withStorageErrors(`read the state of job "${jobId}"`, async () => {
        const [row] = await sql<Pick<JobRow, "state">[]>`
          SELECT state FROM backtest_jobs WHERE job_id = ${jobId}::uuid AND attempt = ${attempt}::int`;
        return row ? row.state : null;
      });
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
    async retry(lease, { delayMs }) {
      requireLease(lease);
      requireInteger(delayMs, { name: "delay", min: 0 });
      return await withStorageErrors(`retry job "${lease.jobId}"`, () => retry(sql, { lease, delayMs }));
    },
  };
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
  return await inTransaction(sql, async (tx) => {
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

function toLeaseStatus(row: LeaseRow): LeaseStatus {
  return {
    cancelRequestedAtMs: toMs(row.cancel_requested_at),
    leaseExpiresAtMs: row.lease_expires_at.getTime(),
  };
}
