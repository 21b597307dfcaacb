import type { Lease } from "../../core/job/mod.ts";

/**
 * A one-row relation with one column `at`: the database clock, cut to the milliseconds a JavaScript time can hold, so
 * that cursors built from read times are exact. Read once per statement, so all times of one write are equal.
 */
export const momentSql = "(SELECT date_trunc('milliseconds', clock_timestamp()) AS at OFFSET 0)";

/**
 * Whether the row of `backtest_jobs AS j` is still ours, by the {@link leaseParameters}, which come first in a statement.
 * The clock is read again when the write had to wait for the row, so a lease that ran out while waiting is lost.
 * Complements the claim's `lease_expires_at <= at`.
 *
 * IS TRUE keeps the planner to the primary key. Where no job ran when the table was last analyzed it would take an index
 * by state for the shorter way, and go through all that have run since then.
 */
export const leaseAliveSql = `j.job_id = $1::uuid AND (j.state = 'running') IS TRUE
  AND j.locked_by = $2::text AND j.attempt = $3::int AND j.lease_expires_at > clock_timestamp()`;

/** Whether the row of `backtest_jobs AS j` is still in our hands, live lease or not; parameters as above. */
export const leaseOursSql = `j.job_id = $1::uuid AND (j.state = 'running') IS TRUE
  AND j.locked_by = $2::text AND j.attempt = $3::int`;

/** How `silent_attempts` names the attempt that `backtest_jobs AS j` is in. */
export const attemptSql = "j.attempt || ' ' || j.locked_by";

/** Values of `$1` to `$3` in {@link leaseAliveSql}. */
export function leaseParameters({ jobId, lockedBy, attempt }: Lease): readonly [string, string, number] {
  return [jobId, lockedBy, attempt];
}

/** Assignments that take the lease off a job. */
export const noLeaseSql = "locked_by = NULL, locked_at = NULL, lease_expires_at = NULL, heartbeat_at = NULL";

/** Assignments that end a running job of `backtest_jobs AS j` at `now.at`; the state is for the caller to assign. */
export const endedSql = `finished_at = GREATEST(now.at, j.updated_at),
  updated_at = GREATEST(now.at, j.updated_at), ${noLeaseSql}`;
