import { type Job, type Lease, type RunData, type TopVariant } from "../../core/job/mod.ts";
import type { EndedJob, Ending, JobQueue, LeaseStatus, Progress } from "../../ports/job_queue.ts";
import type { Sql } from "./connect.ts";
import { claimNext } from "./job_claim.ts";
import { listAttempts, release, retry, surrender } from "./job_give_back.ts";
import { type JobRow, type LeaseRow, toJob, toLeaseStatus, toMs } from "./job_row.ts";
import { endedSql, jobLease, leaseAliveSql, leaseParameters, momentSql } from "./job_sql.ts";
import { run } from "./prepared.ts";
import { withStorageErrors } from "./storage_error.ts";
import { lockLease, rewriteTopVariants, toStoredRows } from "./top_variant_rows.ts";
import { inTransaction } from "./transaction.ts";
import { checked, queueChecks } from "../../ports/checked.ts";

/** The worker's side of the queue over a pool. */
export function postgresJobQueue(sql: Sql): JobQueue {
  return checked(queueChecks, {
    async claimNext(claim) {
      return await withStorageErrors(`claim a job as "${claim.lockedBy}"`, () => claimNext(sql, claim));
    },
    async check(lease) {
      return await withStorageErrors(`check the lease of job "${lease.jobId}"`, () => check(sql, lease));
    },
    async getState({ jobId, attempt }) {
      return await withStorageErrors(`read the state of job "${jobId}"`, async () => {
        const [row] = await sql<Pick<JobRow, "state">[]>`
          SELECT state FROM backtest_jobs WHERE job_id = ${jobId}::uuid AND attempt = ${attempt}::int`;
        return row ? row.state : null;
      });
    },
    async heartbeat(lease, { leaseSeconds }) {
      return await withStorageErrors(
        `extend the lease of job "${lease.jobId}"`,
        () => heartbeat(sql, { lease, leaseSeconds }),
      );
    },
    async updateProgress(lease, progress) {
      return await withStorageErrors(
        `store progress of job "${lease.jobId}"`,
        () => updateProgress(sql, { lease, progress }),
      );
    },
    async saveRunData(lease, runData) {
      return await withStorageErrors(
        `store the data of job "${lease.jobId}"`,
        () => saveRunData(sql, { lease, runData }),
      );
    },
    async finish(lease, ending) {
      return await withStorageErrors(
        `finish job "${lease.jobId}" as ${ending.state}`,
        () => finish(sql, { lease, ending }),
      );
    },
    async succeed(lease, rows) {
      return await withStorageErrors(
        `store the result of job "${lease.jobId}"`,
        () => succeed(sql, { lease, rows }),
      );
    },
    async release(lease, options) {
      const delayMs = options?.delayMs ?? null;
      return await withStorageErrors(`release job "${lease.jobId}"`, () => release(sql, { lease, delayMs }));
    },
    async listAttempts(lockedBy) {
      return await withStorageErrors(`list the attempts of ${lockedBy}`, () => listAttempts(sql, lockedBy));
    },
    async surrender(lease) {
      return await withStorageErrors(`give back job "${lease.jobId}"`, () => surrender(sql, lease));
    },
    async retry(lease, { delayMs }) {
      return await withStorageErrors(`retry job "${lease.jobId}"`, () => retry(sql, { lease, delayMs }));
    },
  });
}

const checkSql = `
  SELECT j.cancel_requested_at, j.lease_expires_at FROM backtest_jobs AS j WHERE ${leaseAliveSql}`;

async function check(sql: Sql, lease: Lease): Promise<LeaseStatus | null> {
  const [row] = await run<LeaseRow>(sql, { text: checkSql, parameters: leaseParameters(lease) });
  return row ? toLeaseStatus(row) : null;
}

const heartbeatSql = `
  UPDATE backtest_jobs AS j
  SET ${jobLease.extended("$4")},
      updated_at = GREATEST(now.at, j.updated_at)
  FROM ${momentSql} AS now
  WHERE ${leaseAliveSql}
  RETURNING j.cancel_requested_at, j.lease_expires_at`;

async function heartbeat(
  sql: Sql,
  { lease, leaseSeconds }: { readonly lease: Lease; readonly leaseSeconds: number },
): Promise<LeaseStatus | null> {
  const parameters = [...leaseParameters(lease), leaseSeconds];
  const [row] = await run<LeaseRow>(sql, { text: heartbeatSql, parameters });
  return row ? toLeaseStatus(row) : null;
}

const progressSql = `
  UPDATE backtest_jobs AS j
  SET stage = $4::text,
      processed_units = $5::int,
      total_units = $6::int,
      progress_updated_at = now.at,
      updated_at = GREATEST(now.at, j.updated_at)
  FROM ${momentSql} AS now
  WHERE ${leaseAliveSql}
  RETURNING j.cancel_requested_at, j.lease_expires_at`;

async function updateProgress(
  sql: Sql,
  options: { readonly lease: Lease; readonly progress: Progress },
): Promise<LeaseStatus | null> {
  const { stage, processedUnits, totalUnits } = options.progress;
  const parameters = [...leaseParameters(options.lease), stage, processedUnits, totalUnits];
  const [row] = await run<LeaseRow>(sql, { text: progressSql, parameters });
  return row ? toLeaseStatus(row) : null;
}

const runDataSql = `
  UPDATE backtest_jobs AS j
  SET data_json = $4::text::jsonb, warnings_json = $5::text::jsonb, updated_at = GREATEST(now.at, j.updated_at)
  FROM ${momentSql} AS now
  WHERE ${leaseAliveSql}
  RETURNING j.cancel_requested_at, j.lease_expires_at`;

const undefinedColumn = "42703";

async function saveRunData(
  sql: Sql,
  { lease, runData }: { readonly lease: Lease; readonly runData: RunData },
): Promise<LeaseStatus | null> {
  const { data, warnings, barsBefore } = runData;
  const stored = [JSON.stringify({ ...data, bars_before: barsBefore }), JSON.stringify(warnings)];
  try {
    const [row] = await run<LeaseRow>(sql, {
      text: runDataSql,
      parameters: [...leaseParameters(lease), ...stored],
    });
    return row ? toLeaseStatus(row) : null;
  } catch (error) {
    // a worker goes on before the migration to its own schema
    if ((error as { readonly code?: unknown }).code !== undefinedColumn) throw error;
    return await check(sql, lease);
  }
}

const finishSql = `
  UPDATE backtest_jobs AS j
  SET state = $4::text, ${endedSql}, last_error = $5::text, last_error_json = $6::text::jsonb
  FROM ${momentSql} AS now
  WHERE ${leaseAliveSql}
  RETURNING j.job_id, j.state, j.finished_at, j.updated_at`;

/** Returns few columns, as a whole row takes its time on the server, on the wire and here, and the worker knows its job. */
async function finish(
  sql: Sql,
  { lease, ending }: { readonly lease: Lease; readonly ending: Ending },
): Promise<EndedJob | null> {
  const error = ending.state === "failed" ? ending.error : null;
  const [row] = await run<Pick<JobRow, "job_id" | "state" | "finished_at" | "updated_at">>(sql, {
    text: finishSql,
    parameters: [
      ...leaseParameters(lease),
      ending.state,
      error && error.message,
      error && JSON.stringify(error),
    ],
  });
  return row
    ? {
      jobId: row.job_id,
      state: row.state,
      finishedAtMs: toMs(row.finished_at),
      updatedAtMs: row.updated_at.getTime(),
    }
    : null;
}

const succeededSql = `
  UPDATE backtest_jobs AS j
  SET state = 'succeeded', ${endedSql}, stage = 'finalizing'
  FROM ${momentSql} AS now
  WHERE j.job_id = $1::uuid
  RETURNING j.*`;

async function succeed(
  sql: Sql,
  options: { readonly lease: Lease; readonly rows: readonly TopVariant[] },
): Promise<Job | null> {
  const { lease, rows } = options;
  const storedRows = toStoredRows(rows);
  const row = await inTransaction(sql, async (tx) => {
    if (!await lockLease(tx, lease)) return undefined;
    await rewriteTopVariants(tx, { jobId: lease.jobId, storedRows });
    const [row] = await run<JobRow>(tx, { text: succeededSql, parameters: [lease.jobId] });
    return row;
  });
  return row ? toJob(row) : null;
}
