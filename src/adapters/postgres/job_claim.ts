import type { Job } from "../../core/job.ts";
import { attemptsExhausted, attemptsMaxDefault } from "../../core/retry.ts";
import type { ClaimPolicy, ClaimRequest } from "../../ports/job_queue.ts";
import type { Sql } from "./connect.ts";
import { type JobRow, toJob } from "./job_row.ts";
import { endedSql, momentSql } from "./job_sql.ts";
import { run } from "./prepared.ts";

/**
 * Picks a job, skipping rows that others hold, and either starts it or ends it as exhausted. A queued job takes one
 * statement; only when there is none, a second one looks for an expired lease. Their writes carry no fence because they
 * make one: the row lock and the due or expired lease stand for it.
 */
export async function claimNext(sql: Sql, claim: ClaimRequest): Promise<Job | null> {
  const row = await startQueued(sql, claim) ?? await takeOver(sql, claim);
  return row ? toJob(row) : null;
}

async function startQueued(
  sql: Sql,
  { lockedBy, leaseSeconds, policy = "fifo" }: ClaimRequest,
): Promise<JobRow | undefined> {
  const [row] = await run<JobRow>(sql, {
    text: startQueuedSql[policy],
    parameters: [lockedBy, leaseSeconds],
  });
  return row;
}

async function takeOver(
  sql: Sql,
  { lockedBy, leaseSeconds, maxAttempts = attemptsMaxDefault }: ClaimRequest,
): Promise<JobRow | undefined> {
  const error = attemptsExhausted(maxAttempts);
  const [row] = await run<JobRow>(sql, {
    text: takeOverSql,
    parameters: [lockedBy, leaseSeconds, maxAttempts, error.message, JSON.stringify(error)],
  });
  return row;
}

/** Assignments that give `backtest_jobs AS j` a lease of its claimer, `$1`, for `$2` seconds from `now.at` on. */
const startedSql = `state = 'running',
  started_at = COALESCE(j.started_at, GREATEST(now.at, j.updated_at)),
  updated_at = GREATEST(now.at, j.updated_at),
  locked_by = $1::text,
  locked_at = now.at,
  heartbeat_at = now.at,
  lease_expires_at = now.at + make_interval(secs => $2::int),
  attempt = j.attempt + 1,
  not_before = NULL`;

/** Whether a queued job of `backtest_jobs` may be claimed: its time, if it has one, has come. */
const dueSql = "(not_before IS NULL OR not_before <= clock_timestamp())";

/**
 * A state whose rows the planner cannot count beforehand. It would believe statistics from an hour when nothing was
 * queued, and then read and sort all that has been queued since, for every claim, in place of the first of an index.
 */
function unestimated(state: "queued" | "running"): string {
  return `(SELECT '${state}')`;
}

const fifoSql = `
      SELECT job_id FROM backtest_jobs
      WHERE state = ${unestimated("queued")} AND ${dueSql}
      ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED`;

/**
 * Everybody's first job comes before anybody's second, so that parallel claimers, who do not see each other's picks,
 * serve different owners; among first jobs the owner comes first who has waited longest since a job of theirs started.
 */
const fairSql = `
      WITH waiting AS MATERIALIZED (
        SELECT job_id, user_id, row_number() OVER (PARTITION BY user_id ORDER BY created_at, job_id) AS turn
        FROM backtest_jobs
        WHERE state = 'queued' AND ${dueSql}
      ),
      served AS (
        SELECT owners.user_id, (
          SELECT max(mine.started_at) FROM backtest_jobs AS mine WHERE mine.user_id = owners.user_id
        ) AS last_at
        FROM (SELECT DISTINCT user_id FROM waiting) AS owners
      )
      SELECT fresh.job_id
      FROM waiting
      JOIN served ON served.user_id = waiting.user_id
      JOIN backtest_jobs AS fresh ON fresh.job_id = waiting.job_id
      WHERE fresh.state = 'queued'
      ORDER BY waiting.turn, served.last_at NULLS FIRST, fresh.created_at, fresh.job_id
      LIMIT 1 FOR UPDATE OF fresh SKIP LOCKED`;

const startQueuedSql: Readonly<Record<ClaimPolicy, string>> = {
  fifo: startPicked(fifoSql),
  fair: startPicked(fairSql),
};

/** The statement that starts the queued job whose id the given one picks and locks; picked once, as it stands alone. */
function startPicked(pickSql: string): string {
  return `
    UPDATE backtest_jobs AS j
    SET stage = 'stage_a', ${startedSql}
    FROM ${momentSql} AS now
    WHERE j.job_id = (${pickSql}
    )
    RETURNING j.*`;
}

/** `$3` is the most attempts a job has, `$4` and `$5` are the error of one that has none left. */
const takeOverSql = `
  WITH now AS MATERIALIZED ${momentSql},
  expired AS (
    SELECT job_id, retries + 1 >= $3::int AND cancel_requested_at IS NULL AS exhausted
    FROM backtest_jobs
    WHERE state = ${unestimated("running")} AND lease_expires_at <= (SELECT at FROM now)
    ORDER BY lease_expires_at, created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
  ),
  restarted AS (
    UPDATE backtest_jobs AS j
    SET retries = j.retries + 1, ${startedSql}
    FROM expired, now
    WHERE j.job_id = expired.job_id AND NOT expired.exhausted
    RETURNING j.*
  ),
  ended AS (
    UPDATE backtest_jobs AS j
    SET state = 'failed', ${endedSql},
        last_error = $4::text,
        last_error_json = jsonb_set($5::text::jsonb, '{details,stage}', to_jsonb(j.stage))
    FROM expired, now
    WHERE j.job_id = expired.job_id AND expired.exhausted
    RETURNING j.*
  )
  SELECT * FROM restarted UNION ALL SELECT * FROM ended`;
