import type { Job } from "../../core/job.ts";
import { attemptsExhausted, attemptsMaxDefault } from "../../core/retry.ts";
import type { ClaimPolicy, ClaimRequest } from "../../ports/job_queue.ts";
import type { Sql } from "./connect.ts";
import { asJsonb, isDue, moment, type SqlFragment, terminal } from "./fragments.ts";
import { type JobRow, toJob } from "./job_row.ts";

/**
 * Picks a job, skipping rows that others hold, and either starts it or ends it as exhausted. A queued job takes one
 * statement; only when there is none, a second one looks for an expired lease. Their writes carry no fence because they
 * make one: the row lock and the due or expired lease stand for it.
 */
export async function claimNext(sql: Sql, claim: ClaimRequest): Promise<Job | null> {
  const row = await startQueued(sql, claim) ?? await takeOver(sql, claim);
  return row ? toJob(row) : null;
}

async function startQueued(sql: Sql, claim: ClaimRequest): Promise<JobRow | undefined> {
  const [row] = await sql<JobRow[]>`
    WITH now AS MATERIALIZED ${moment(sql)},
    ${fresh[claim.policy ?? "fifo"](sql)}
    UPDATE backtest_jobs AS j
    SET stage = 'stage_a', ${started(sql, claim)}
    FROM fresh, now
    WHERE j.job_id = fresh.job_id
    RETURNING j.*`;
  return row;
}

async function takeOver(sql: Sql, claim: ClaimRequest): Promise<JobRow | undefined> {
  const { maxAttempts = attemptsMaxDefault } = claim;
  const error = attemptsExhausted(maxAttempts);
  const [row] = await sql<JobRow[]>`
    WITH now AS MATERIALIZED ${moment(sql)},
    expired AS (
      SELECT job_id, retries + 1 >= ${maxAttempts}::int AND cancel_requested_at IS NULL AS exhausted
      FROM backtest_jobs
      WHERE state = 'running' AND lease_expires_at <= (SELECT at FROM now)
      ORDER BY lease_expires_at, created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
    ),
    restarted AS (
      UPDATE backtest_jobs AS j
      SET retries = j.retries + 1, ${started(sql, claim)}
      FROM expired, now
      WHERE j.job_id = expired.job_id AND NOT expired.exhausted
      RETURNING j.*
    ),
    ended AS (
      UPDATE backtest_jobs AS j
      SET ${terminal(sql, "failed")},
          last_error = ${error.message}::text,
          last_error_json = jsonb_set(${asJsonb(sql, error)}, '{details,stage}', to_jsonb(j.stage))
      FROM expired, now
      WHERE j.job_id = expired.job_id AND expired.exhausted
      RETURNING j.*
    )
    SELECT * FROM restarted UNION ALL SELECT * FROM ended`;
  return row;
}

/** Assignments that give `backtest_jobs AS j` a lease of its claimer from `now.at` on. */
function started(sql: Sql, { lockedBy, leaseSeconds }: ClaimRequest): SqlFragment {
  return sql`state = 'running',
    started_at = COALESCE(j.started_at, GREATEST(now.at, j.updated_at)),
    updated_at = GREATEST(now.at, j.updated_at),
    locked_by = ${lockedBy}::text,
    locked_at = now.at,
    heartbeat_at = now.at,
    lease_expires_at = now.at + make_interval(secs => ${leaseSeconds}::int),
    attempt = j.attempt + 1,
    not_before = NULL`;
}

/** Per policy, a common table `fresh` with the id of the queued job to start, if any. */
const fresh: Readonly<Record<ClaimPolicy, (sql: Sql) => SqlFragment>> = { fifo, fair };

function fifo(sql: Sql): SqlFragment {
  return sql`fresh AS (
    SELECT job_id FROM backtest_jobs
    WHERE state = 'queued' AND ${isDue(sql)}
    ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
  )`;
}

/**
 * Everybody's first job comes before anybody's second, so that parallel claimers, who do not see each other's picks,
 * serve different owners; among first jobs the owner comes first who has waited longest since a job of theirs started.
 */
function fair(sql: Sql): SqlFragment {
  return sql`waiting AS MATERIALIZED (
    SELECT job_id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY created_at, job_id) AS turn
    FROM backtest_jobs
    WHERE state = 'queued' AND ${isDue(sql)}
  ),
  served AS (
    SELECT owners.user_id, (
      SELECT max(mine.started_at) FROM backtest_jobs AS mine WHERE mine.user_id = owners.user_id
    ) AS last_at
    FROM (SELECT DISTINCT user_id FROM waiting) AS owners
  ),
  fresh AS (
    SELECT j.job_id
    FROM waiting
    JOIN served ON served.user_id = waiting.user_id
    JOIN backtest_jobs AS j ON j.job_id = waiting.job_id
    WHERE j.state = 'queued'
    ORDER BY waiting.turn, served.last_at NULLS FIRST, j.created_at, j.job_id
    LIMIT 1 FOR UPDATE OF j SKIP LOCKED
  )`;
}
