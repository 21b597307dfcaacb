/** A table whose rows are worked on under a lease, with the lease's columns as `backtest_jobs` has them. */
export interface LeasedTable {
  /** How its statements call it. */
  readonly alias: string;
  /** Its primary key, a uuid. */
  readonly key: string;
  /** The column that says `running`. */
  readonly state: string;
}

/** Pieces of statements over one table's leases; times are those of a relation `now` with a column `at`. */
export interface LeaseSql {
  /**
   * Whether the row is still ours, by the {@link leaseParameters}, which come first in a statement. The clock is read again
   * when the write had to wait for the row, so a lease that ran out while waiting is lost. Complements {@link expired}.
   *
   * IS TRUE keeps the planner to the primary key. Where nothing ran when the table was last analyzed it would take an index
   * by state for the shorter way, and go through all that have run since then.
   */
  readonly alive: string;
  /** Whether the row is still in our hands, live lease or not; parameters as above. */
  readonly ours: string;
  /** Whether whoever works on the row has lost it, by a time given as an expression. */
  readonly expired: (at: string) => string;
  /** Assignments that give a row a lease of its claimer, `$1`, for `$2` seconds from `now.at` on. */
  readonly taken: string;
  /** Assignments that extend a lease to a parameter's seconds from `now.at` on. */
  readonly extended: (seconds: string) => string;
}

/** The pieces for a table. */
export function leaseSql({ alias, key, state }: LeasedTable): LeaseSql {
  const ours = `${alias}.${key} = $1::uuid AND (${alias}.${state} = 'running') IS TRUE
  AND ${alias}.locked_by = $2::text AND ${alias}.attempt = $3::int`;
  const extended = (seconds: string) =>
    `heartbeat_at = now.at,
  lease_expires_at = now.at + make_interval(secs => ${seconds}::int)`;
  return {
    alive: `${ours} AND ${alias}.lease_expires_at > clock_timestamp()`,
    ours,
    expired: (at) => `${state} = 'running' AND lease_expires_at <= ${at}`,
    taken: `locked_by = $1::text,
  locked_at = now.at,
  ${extended("$2")},
  attempt = ${alias}.attempt + 1,
  not_before = NULL`,
    extended,
  };
}

/** Assignments that take the lease off a row. */
export const noLeaseSql = "locked_by = NULL, locked_at = NULL, lease_expires_at = NULL, heartbeat_at = NULL";

/** Whether a row that waits may be claimed: its time, if it has one, has come. */
export const dueSql = "(not_before IS NULL OR not_before <= clock_timestamp())";
