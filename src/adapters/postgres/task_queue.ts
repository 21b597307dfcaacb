import type { JobError } from "../../core/job/mod.ts";
import {
  mergeTopTasks,
  type OptimizationTask,
  type TaskLease,
  type TaskResult,
} from "../../core/optimization/mod.ts";
import { checked } from "../../ports/checked.ts";
import { taskChecks } from "../../ports/checked_optimizations.ts";
import type { HelpedJob, TaskLeaseStatus, TaskQueue } from "../../ports/task_queue.ts";
import type { Sql } from "./connect.ts";
import { type JobRow, toJob, toMs } from "./job_row.ts";
import { momentSql } from "./job_sql.ts";
import { noLeaseSql } from "./lease_sql.ts";
import {
  type OptimizationRow,
  taskColumns,
  type TaskRow,
  toOptimization,
  toTask,
} from "./optimization_row.ts";
import {
  taskAliveSql,
  taskEndedChannel,
  taskLease,
  taskLeaseParameters,
  taskQueuedChannel,
} from "./optimization_sql.ts";
import { run } from "./prepared.ts";
import { withStorageErrors } from "./storage_error.ts";
import { claimTask } from "./task_claim.ts";
import { inTransaction } from "./transaction.ts";

/** The side of who works on tasks, over a pool. */
export function postgresTaskQueue(sql: Sql): TaskQueue {
  return checked(taskChecks, {
    async claimTask(claim) {
      return await withStorageErrors(`claim a task as "${claim.lockedBy}"`, () => claimTask(sql, claim));
    },
    async check(lease) {
      return await withStorageErrors(
        `check the lease of task "${lease.taskId}"`,
        () => leaseStatus(sql, { lease, text: checkSql }),
      );
    },
    async heartbeat(lease, { leaseSeconds }) {
      return await withStorageErrors(
        `extend the lease of task "${lease.taskId}"`,
        () => leaseStatus(sql, { lease, text: heartbeatSql, more: [leaseSeconds] }),
      );
    },
    async updateProgress(lease, progress) {
      return await withStorageErrors(
        `store progress of task "${lease.taskId}"`,
        () => leaseStatus(sql, { lease, text: progressSql, more: [progress] }),
      );
    },
    async complete(lease, result) {
      return await withStorageErrors(
        `store the result of task "${lease.taskId}"`,
        () => complete(sql, { lease, result }),
      );
    },
    async release(lease) {
      return await withStorageErrors(
        `release task "${lease.taskId}"`,
        () => write(sql, { lease, text: releaseSql }),
      );
    },
    async retry(lease, { delayMs, error }) {
      return await withStorageErrors(
        `retry task "${lease.taskId}"`,
        () => write(sql, { lease, text: retrySql, more: [delayMs, ...columnsOf(error)] }),
      );
    },
    async fail(lease, error) {
      return await withStorageErrors(
        `end task "${lease.taskId}" as failed`,
        () => write(sql, { lease, text: failSql, more: columnsOf(error) }),
      );
    },
    async getStatus({ taskId, attempt }) {
      return await withStorageErrors(`read the status of task "${taskId}"`, async () => {
        const [row] = await run<Pick<TaskRow, "status">>(sql, {
          text: statusSql,
          parameters: [taskId, attempt],
        });
        return row ? row.status : null;
      });
    },
    async readJob(jobId) {
      return await withStorageErrors(`read optimization "${jobId}"`, () => readHelpedJob(sql, jobId));
    },
    async confirmCandles(jobId, candlesHash) {
      return await withStorageErrors(
        `confirm the candles of optimization "${jobId}"`,
        () => confirmCandles(sql, { jobId, candlesHash }),
      );
    },
  });
}

/** What a statement that found the lease alive answers. */
const leaseColumns = "t.lease_expires_at, j.cancel_requested_at";

const checkSql = `
  SELECT ${leaseColumns}
  FROM optimization_tasks AS t JOIN backtest_jobs AS j ON j.job_id = t.job_id
  WHERE ${taskAliveSql}`;

const heartbeatSql = `
  UPDATE optimization_tasks AS t
  SET ${taskLease.extended("$5")}
  FROM ${momentSql} AS now, backtest_jobs AS j
  WHERE j.job_id = t.job_id AND ${taskAliveSql}
  RETURNING ${leaseColumns}`;

const progressSql = `
  UPDATE optimization_tasks AS t
  SET progress = $5::double precision
  FROM backtest_jobs AS j
  WHERE j.job_id = t.job_id AND ${taskAliveSql}
  RETURNING ${leaseColumns}`;

interface TaskLeaseRow {
  readonly lease_expires_at: Date;
  readonly cancel_requested_at: Date | null;
}

interface TaskWrite {
  readonly lease: TaskLease;
  readonly text: string;
  /** `$5` and on. */
  readonly more?: readonly (string | number | null)[];
}

async function leaseStatus(sql: Sql, { lease, text, more = [] }: TaskWrite): Promise<TaskLeaseStatus | null> {
  const [row] = await run<TaskLeaseRow>(sql, { text, parameters: [...taskLeaseParameters(lease), ...more] });
  return row
    ? {
      leaseExpiresAtMs: row.lease_expires_at.getTime(),
      cancelRequestedAtMs: toMs(row.cancel_requested_at),
    }
    : null;
}

/** A write that takes the lease off a task, and tells on a channel. */
function givenUpSql(assignments: string, notice: string): string {
  return `
  WITH t AS (
    UPDATE optimization_tasks AS t
    SET ${assignments}, ${noLeaseSql}
    FROM ${momentSql} AS now
    WHERE ${taskAliveSql}
    RETURNING t.*
  )
  SELECT ${taskColumns}, ${notice} FROM t`;
}

const tellQueued = `pg_notify('${taskQueuedChannel}', '')`;
const tellEnded = `pg_notify('${taskEndedChannel}', t.job_id::text)`;

const releaseSql = givenUpSql("status = 'queued', progress = 0", tellQueued);

// comes without a notice: the next poll after its time finds the task
const retrySql = givenUpSql(
  `status = 'queued', progress = 0, retries = t.retries + 1,
        not_before = now.at + make_interval(secs => $5::double precision / 1000),
        last_error = $6::text, last_error_json = $7::text::jsonb`,
  "NULL",
);

const endedSql = "finished_at = GREATEST(now.at, t.created_at)";

const failSql = givenUpSql(
  `status = 'failed', ${endedSql}, last_error = $5::text, last_error_json = $6::text::jsonb`,
  tellEnded,
);

function columnsOf(error: JobError): readonly [string, string] {
  return [error.message, JSON.stringify(error)];
}

async function write(sql: Sql, { lease, text, more = [] }: TaskWrite): Promise<OptimizationTask | null> {
  const [row] = await run<TaskRow>(sql, { text, parameters: [...taskLeaseParameters(lease), ...more] });
  return row ? toTask(row) : null;
}

const lockOptimizationSql = "SELECT * FROM optimization_jobs WHERE job_id = $1::uuid FOR UPDATE";

const completeSql = givenUpSql(
  `status = 'succeeded', ${endedSql}, progress = 1, result = $5::bytea, score = $6::double precision,
        result_summary_id = $7::text, last_error = NULL, last_error_json = NULL`,
  tellEnded,
);

const countedSql = `
  UPDATE optimization_jobs
  SET tasks_finished = tasks_finished + 1, top_tasks_json = $2::text::jsonb
  WHERE job_id = $1::uuid`;

/** The optimisation is locked first, as everywhere, and so that no other result gets between its list and the longer one. */
async function complete(
  sql: Sql,
  { lease, result }: { readonly lease: TaskLease; readonly result: TaskResult },
): Promise<OptimizationTask | null> {
  const { score, resultSummaryId, top, direction } = result;
  return await inTransaction(sql, async (tx) => {
    const [optimization] = await run<OptimizationRow>(tx, {
      text: lockOptimizationSql,
      parameters: [lease.jobId],
    });
    if (!optimization) return null;
    const [row] = await run<TaskRow>(tx, {
      text: completeSql,
      parameters: [...taskLeaseParameters(lease), result.result, score, resultSummaryId],
    });
    if (!row) return null;
    const { topTasks, topN } = toOptimization(optimization);
    const longer = mergeTopTasks(topTasks, { added: top, topN, direction });
    await run(tx, { text: countedSql, parameters: [lease.jobId, JSON.stringify(longer)] });
    return toTask(row);
  });
}

const statusSql = `
  SELECT status FROM optimization_tasks WHERE task_id = $1::uuid AND attempt = $2::int`;

const helpedSql = `
  SELECT to_jsonb(o) AS optimization, j.*
  FROM optimization_jobs AS o JOIN backtest_jobs AS j ON j.job_id = o.job_id
  WHERE o.job_id = $1::uuid`;

async function readHelpedJob(sql: Sql, jobId: string): Promise<HelpedJob | null> {
  const [row] = await run<JobRow & { readonly optimization: OptimizationRow }>(sql, {
    text: helpedSql,
    parameters: [jobId],
  });
  return row ? { job: toJob(row), optimization: toOptimization(row.optimization) } : null;
}

// what is noted already is not written again, so that a worker that comes back late changes nothing
const noteCandlesSql = `
  UPDATE optimization_jobs AS o SET candles_hash = $2::text
  FROM backtest_jobs AS j
  WHERE o.job_id = $1::uuid AND o.candles_hash IS NULL AND j.job_id = o.job_id AND j.finished_at IS NULL
  RETURNING o.candles_hash`;

// a statement of its own: it sees what the one before had to wait for
const notedCandlesSql = "SELECT candles_hash FROM optimization_jobs WHERE job_id = $1::uuid";

async function confirmCandles(
  sql: Sql,
  { jobId, candlesHash }: { readonly jobId: string; readonly candlesHash: string },
): Promise<string | null> {
  type Noted = { readonly candles_hash: string | null };
  const [noted] = await run<Noted>(sql, { text: noteCandlesSql, parameters: [jobId, candlesHash] });
  const [row] = noted ? [noted] : await run<Noted>(sql, { text: notedCandlesSql, parameters: [jobId] });
  return row ? row.candles_hash : null;
}
