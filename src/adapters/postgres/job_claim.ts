import { attemptsExhausted, attemptsMaxDefault, type Job } from "../../core/job/mod.ts";
import type { ClaimRequest } from "../../ports/job_queue.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { type JobRow, toJob } from "./job_row.ts";
import { attemptSql, endedSql, jobLease, momentSql } from "./job_sql.ts";
import { dueSql } from "./lease_sql.ts";
import { onOlderSchema } from "./older_schema.ts";
import { run } from "./prepared.ts";
import { inTransaction } from "./transaction.ts";

/**
 * Picks a job, skipping rows that others hold, and either starts it or ends it as exhausted. Their writes carry no fence
 * because they make one: the row lock and the due or expired lease stand for it.
 *
 * By age, a queued job takes one statement, unless the lease of an older one has expired; that one is taken over. When
 * others are about to take over all of those, what is queued comes after all. In fair order an abandoned job goes first:
 * its owner's turn was spent when it started.
 */
export async function claimNext(sql: Sql, claim: ClaimRequest): Promise<Job | null> {
  const row = claim.policy === "fair"
    ? await takeOver(sql, claim) ??
      await onOlderSchema(
        () => startInTurn(sql, claim),
        () => startPicked(sql, { text: startQueued.any.older, claim }),
      )
    : await startOldest(sql, { age: "oldest", claim }) ?? await takeOver(sql, claim) ??
      await startOldest(sql, { age: "any", claim });
  return row ? toJob(row) : null;
}

/** Starts the oldest queued job: of any age, or unless an abandoned one is older. */
async function startOldest(
  sql: Sql,
  { age, claim }: { readonly age: "oldest" | "any"; readonly claim: ClaimRequest },
): Promise<JobRow | undefined> {
  const { text, older } = startQueued[age];
  return await onOlderSchema(
    () => startPicked(sql, { text, claim }),
    () => startPicked(sql, { text: older, claim }),
  );
}

async function startPicked(
  sql: SqlContext,
  { text, claim: { lockedBy, leaseSeconds } }: { readonly text: string; readonly claim: ClaimRequest },
): Promise<JobRow | undefined> {
  const [row] = await run<JobRow>(sql, { text, parameters: [lockedBy, leaseSeconds] });
  return row;
}

/** In one transaction, which holds the owner's turn: nobody else picks a job of theirs meanwhile. */
async function startInTurn(sql: Sql, claim: ClaimRequest): Promise<JobRow | undefined> {
  return await inTransaction(sql, async (tx) => {
    const [turn] = await run<{ readonly job_id: string | null }>(tx, { text: nextTurnSql, parameters: [] });
    if (!turn?.job_id) return undefined;
    const { lockedBy, leaseSeconds } = claim;
    const parameters = [lockedBy, leaseSeconds, turn.job_id];
    const [row] = await run<JobRow>(tx, { text: startSql("$3::uuid"), parameters });
    return row;
  });
}

async function takeOver(
  sql: Sql,
  { lockedBy, leaseSeconds, maxAttempts = attemptsMaxDefault }: ClaimRequest,
): Promise<JobRow | undefined> {
  const error = attemptsExhausted(maxAttempts);
  const parameters = [lockedBy, leaseSeconds, maxAttempts, error.message, JSON.stringify(error)];
  const [row] = await onOlderSchema(
    () => run<JobRow>(sql, { text: notingTakeOverSql, parameters }),
    () => run<JobRow>(sql, { text: plainTakeOverSql, parameters }),
  );
  return row;
}

/** Assignments that give `backtest_jobs AS j` a lease of its claimer, `$1`, for `$2` seconds from `now.at` on. */
const startedSql = `state = 'running',
  started_at = COALESCE(j.started_at, GREATEST(now.at, j.updated_at)),
  updated_at = GREATEST(now.at, j.updated_at),
  ${jobLease.taken}`;

/**
 * A state whose rows the planner cannot count beforehand. It would believe statistics from an hour when nothing was
 * queued, and then read and sort all that has been queued since, for every claim, in place of the first of an index.
 */
function unestimated(state: "queued" | "running"): string {
  return `(SELECT '${state}')`;
}

/**
 * The jobs whose lease expired first, at most a hundred, so that the index by lease is the shortest way to them whatever the
 * statistics say; in any order. The clock is read once, as an index cannot be used with one that may go on.
 */
function abandonedSql(column: "job_id" | "created_at"): string {
  return `(
        SELECT ${column} FROM backtest_jobs
        WHERE state = ${unestimated("running")} AND lease_expires_at <= (SELECT clock_timestamp())
        ORDER BY lease_expires_at LIMIT 100
      )`;
}

/** Starts the oldest queued job, on a condition on its row, where the schema has no function that picks it. */
function startOnOlderSchemaSql(condition: string): string {
  return startSql(`(
      SELECT job_id FROM backtest_jobs
      WHERE state = ${unestimated("queued")} AND ${dueSql} AND ${condition}
      ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
    )`);
}

/** Statements of {@link startOldest}; the migration that makes the function says how it picks. */
const startQueued = {
  oldest: {
    text: startSql("(SELECT backtest_oldest_queued(false))"),
    older: startOnOlderSchemaSql(
      `created_at <= (SELECT COALESCE(min(created_at), 'infinity') FROM ${
        abandonedSql("created_at")
      } AS abandoned)`,
    ),
  },
  any: {
    text: startSql("(SELECT backtest_oldest_queued(true))"),
    older: startOnOlderSchemaSql("true"),
  },
};

/** Picks and locks the job whose owner's turn it is; the migration that makes the function says how. */
const nextTurnSql = "SELECT backtest_take_turn() AS job_id";

/** The statement that starts the queued job of an id, given as an expression; picked once, as it stands alone. */
function startSql(jobId: string): string {
  return `
    UPDATE backtest_jobs AS j
    SET stage = 'stage_a', ${startedSql}
    FROM ${momentSql} AS now
    WHERE j.job_id = ${jobId}
    RETURNING j.*`;
}

/** What a take-over does about the attempt that fell silent; pieces of its statement. */
interface SilentAttempts {
  readonly noted: string;
  readonly counted: string;
}

/**
 * The sum keeps the planner off the index by age, in which it would look at every running job. `$3` is the most attempts a
 * job has, `$4` and `$5` are the error of one that has none left.
 */
const takeOverSql = (silent: SilentAttempts) => `
  WITH now AS MATERIALIZED ${momentSql},
  expired AS (
    SELECT job_id, retries + 1 >= $3::int AND cancel_requested_at IS NULL AS exhausted
    FROM backtest_jobs
    WHERE job_id = ANY (ARRAY${abandonedSql("job_id")})
      AND ${jobLease.expired("(SELECT at FROM now)")}
    ORDER BY created_at + interval '0', job_id LIMIT 1 FOR UPDATE SKIP LOCKED
  ),
  restarted AS (
    UPDATE backtest_jobs AS j
    SET retries = j.retries + 1, ${silent.noted}${startedSql}
    FROM expired, now
    WHERE j.job_id = expired.job_id AND NOT expired.exhausted
    RETURNING j.*
  ),
  ended AS (
    UPDATE backtest_jobs AS j
    SET state = 'failed', ${endedSql},
        last_error = $4::text,
        ${silent.noted}last_error_json = jsonb_set($5::text::jsonb, '{details}',
          $5::text::jsonb -> 'details' || jsonb_build_object('stage', j.stage${silent.counted}))
    FROM expired, now
    WHERE j.job_id = expired.job_id AND expired.exhausted
    RETURNING j.*
  )
  SELECT * FROM restarted UNION ALL SELECT * FROM ended`;

const notingTakeOverSql = takeOverSql({
  noted: `silent_attempts = j.silent_attempts || to_jsonb(${attemptSql}), `,
  counted: ", 'silent_attempts', jsonb_array_length(j.silent_attempts) + 1",
});

/** For a schema that keeps no account of them. */
const plainTakeOverSql = takeOverSql({ noted: "", counted: "" });
