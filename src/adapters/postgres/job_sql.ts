import type { Lease } from "../../core/job/mod.ts";
import { leaseSql, noLeaseSql } from "./lease_sql.ts";

/**
 * A one-row relation with one column `at`: the database clock, cut to the milliseconds a JavaScript time can hold, so
 * that cursors built from read times are exact. Read once per statement, so all times of one write are equal.
 */
export const momentSql = "(SELECT date_trunc('milliseconds', clock_timestamp()) AS at OFFSET 0)";

/** Leases of `backtest_jobs AS j`. */
export const jobLease = leaseSql({ alias: "j", key: "job_id", state: "state" });

/** Whether the row of `backtest_jobs AS j` is still ours; see {@link jobLease}. */
export const leaseAliveSql = jobLease.alive;

/** How `silent_attempts` names the attempt that `backtest_jobs AS j` is in. */
export const attemptSql = "j.attempt || ' ' || j.locked_by";

/** Values of `$1` to `$3` in {@link leaseAliveSql}. */
export function leaseParameters({ jobId, lockedBy, attempt }: Lease): readonly [string, string, number] {
  return [jobId, lockedBy, attempt];
}

/** Assignments that end a running job of `backtest_jobs AS j` at `now.at`; the state is for the caller to assign. */
export const endedSql = `finished_at = GREATEST(now.at, j.updated_at),
  updated_at = GREATEST(now.at, j.updated_at), ${noLeaseSql}`;
