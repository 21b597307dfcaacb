import type postgres from "postgres";
import type { Job, Lease } from "../../core/job.ts";
import type { SqlContext } from "./connect.ts";

/** A piece of a statement. */
export type SqlFragment = postgres.Fragment;

/**
 * A one-row relation with one column `at`: the database clock, cut to the milliseconds a JavaScript time can hold, so
 * that cursors built from read times are exact. Read once per statement, so all times of one write are equal.
 */
export function moment(sql: SqlContext): SqlFragment {
  return sql`(SELECT date_trunc('milliseconds', clock_timestamp()) AS at OFFSET 0)`;
}

/**
 * Whether the row of `backtest_jobs AS j` is still ours. The clock is read again when the write had to wait for the row,
 * so a lease that ran out while waiting is lost. Complements the claim's `lease_expires_at <= at`.
 */
export function leaseAlive(sql: SqlContext, lease: Lease): SqlFragment {
  return sql`j.job_id = ${lease.jobId}::uuid AND j.state = 'running' AND j.locked_by = ${lease.lockedBy}::text
    AND j.attempt = ${lease.attempt}::int AND j.lease_expires_at > clock_timestamp()`;
}

/** A value as a parameter of type jsonb; as text, because the driver would encode a jsonb parameter a second time. */
export function asJsonb(sql: SqlContext, value: unknown): SqlFragment {
  return sql`${JSON.stringify(value)}::text::jsonb`;
}

/** Whether a queued job of `backtest_jobs` may be claimed: its time, if it has one, is not after `now.at`. */
export function isDue(sql: SqlContext): SqlFragment {
  return sql`(not_before IS NULL OR not_before <= (SELECT at FROM now))`;
}

/** Assignments that end a running job of `backtest_jobs AS j` at `now.at`. */
export function terminal(sql: SqlContext, state: Job["state"]): SqlFragment {
  return sql`state = ${state}::text, finished_at = GREATEST(now.at, j.updated_at),
    updated_at = GREATEST(now.at, j.updated_at), ${noLease(sql)}`;
}

/** Assignments that take the lease off a job. */
export function noLease(sql: SqlContext): SqlFragment {
  return sql`locked_by = NULL, locked_at = NULL, lease_expires_at = NULL, heartbeat_at = NULL`;
}
