import type { Lease } from "../../core/job/mod.ts";
import { gateFull, type NewTask, type OptimizationTask } from "../../core/optimization/mod.ts";
import { checked } from "../../ports/checked.ts";
import { coordinatorChecks } from "../../ports/checked_optimizations.ts";
import type { LeaseStatus } from "../../ports/job_queue.ts";
import type {
  BegunOptimization,
  EarlyStop,
  OptimizationCoordinator,
  TaskOutcome,
} from "../../ports/optimization_coordinator.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { type LeaseRow, toLeaseStatus } from "./job_row.ts";
import { leaseAliveSql, leaseParameters, momentSql } from "./job_sql.ts";
import { noLeaseSql } from "./lease_sql.ts";
import { onOlderSchema } from "./older_schema.ts";
import {
  type OptimizationRow,
  taskColumns,
  type TaskRow,
  toOptimization,
  toTask,
} from "./optimization_row.ts";
import { taskEndedChannel, taskQueuedChannel } from "./optimization_sql.ts";
import { run } from "./prepared.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";

/** The side of who puts up tasks, over a pool. */
export function postgresOptimizationCoordinator(sql: Sql): OptimizationCoordinator {
  return checked(coordinatorChecks, {
    async begin(lease, { moduleHash }) {
      return await withStorageErrors(
        `begin optimization "${lease.jobId}"`,
        () => begin(sql, { lease, moduleHash }),
      );
    },
    async addTask(lease, task) {
      return await withStorageErrors(
        `add task ${task.seq} of optimization "${lease.jobId}"`,
        () => addTask(sql, { lease, task }),
      );
    },
    async readTasks(query) {
      return await withStorageErrors(
        `read tasks of optimization "${query.jobId}"`,
        () => readTasks(sql, query),
      );
    },
    async stop(lease, stop) {
      return await withStorageErrors(
        `stop optimization "${lease.jobId}"`,
        () => writeStop(sql, { lease, stop }),
      );
    },
  });
}

const lockJobSql = `
  SELECT j.lease_expires_at, j.cancel_requested_at FROM backtest_jobs AS j WHERE ${leaseAliveSql} FOR UPDATE OF j`;

/** Locks the job when its lease is alive; undefined otherwise. */
async function lockJob(tx: SqlContext, lease: Lease): Promise<LeaseRow | undefined> {
  const [row] = await run<LeaseRow>(tx, { text: lockJobSql, parameters: leaseParameters(lease) });
  return row;
}

const lockOptimizationSql = "SELECT * FROM optimization_jobs WHERE job_id = $1::uuid FOR UPDATE";

const forgetTasksSql = "DELETE FROM optimization_tasks WHERE job_id = $1::uuid";

const newModuleSql = `
  UPDATE optimization_jobs
  SET module_hash = $2::text, candles_hash = NULL, tasks_finished = 0, top_tasks_json = '[]', stop_reason_json = NULL
  WHERE job_id = $1::uuid
  RETURNING *`;

const listTasksSql = `
  SELECT ${taskColumns} FROM optimization_tasks AS t WHERE t.job_id = $1::uuid ORDER BY t.seq`;

/** On a schema without the tables no job is an optimisation. */
async function begin(
  sql: Sql,
  by: { readonly lease: Lease; readonly moduleHash: string },
): Promise<BegunOptimization | null> {
  return await onOlderSchema(
    () => inTransaction(sql, (tx) => beginIn(tx, by)),
    async () => await lockJob(sql, by.lease) ? { optimization: null, tasks: [] } : null,
  );
}

async function beginIn(
  tx: SqlContext,
  { lease, moduleHash }: { readonly lease: Lease; readonly moduleHash: string },
): Promise<BegunOptimization | null> {
  const { jobId } = lease;
  if (!await lockJob(tx, lease)) return null;
  const [found] = await run<OptimizationRow>(tx, { text: lockOptimizationSql, parameters: [jobId] });
  if (!found) return { optimization: null, tasks: [] };
  if (found.module_hash === moduleHash) {
    const rows = await run<TaskRow>(tx, { text: listTasksSql, parameters: [jobId] });
    return { optimization: toOptimization(found), tasks: rows.map(toTask) };
  }
  await run(tx, { text: forgetTasksSql, parameters: [jobId] });
  const [row] = await run<OptimizationRow>(tx, { text: newModuleSql, parameters: [jobId, moduleHash] });
  return { optimization: toOptimization(row!), tasks: [] };
}

// the gate is counted after the job's lock was waited for, in a statement of its own, which sees what was added meanwhile
const addTaskSql = `
  WITH now AS MATERIALIZED ${momentSql},
  gate AS (
    SELECT o.job_id, j.created_at AS job_created_at, o.stop_reason_json IS NOT NULL AS stopped,
      o.concurrency_limit - (
        SELECT count(*) FROM optimization_tasks AS open
        WHERE open.job_id = o.job_id AND open.status IN ('queued', 'running')
      ) AS free
    FROM optimization_jobs AS o JOIN backtest_jobs AS j ON j.job_id = o.job_id
    WHERE o.job_id = $1::uuid
  ),
  added AS (
    INSERT INTO optimization_tasks AS t (
      job_id, job_created_at, task_id, seq, stage, status, from_unit, to_unit, keep, floor, params_json, created_at
    )
    SELECT gate.job_id, gate.job_created_at, $2::uuid, $3::int, $4::text, 'queued', $5::int, $6::int, $7::int,
      $8::double precision, $9::text::jsonb, now.at
    FROM gate, now
    WHERE NOT gate.stopped AND gate.free > 0
      AND NOT EXISTS (SELECT FROM optimization_tasks WHERE job_id = $1::uuid AND seq = $3::int)
    RETURNING t.*
  )
  SELECT gate.stopped, ${taskColumns}, (SELECT pg_notify('${taskQueuedChannel}', '') FROM added)
  FROM gate LEFT JOIN (
    SELECT * FROM optimization_tasks WHERE job_id = $1::uuid AND seq = $3::int
    UNION ALL
    SELECT * FROM added
  ) AS t ON NOT gate.stopped`;

type GateRow =
  & { readonly stopped: boolean }
  & (TaskRow | { readonly task_id: null });

async function addTask(
  sql: Sql,
  { lease, task }: { readonly lease: Lease; readonly task: NewTask },
): Promise<OptimizationTask | null> {
  const { taskId, seq, stage, fromUnit, toUnit, keep, floor, params } = task;
  const parameters = [lease.jobId, taskId, seq, stage, fromUnit, toUnit, keep, floor, JSON.stringify(params)];
  return await inTransaction(sql, async (tx) => {
    if (!await lockJob(tx, lease)) return null;
    const [row] = await run<GateRow>(tx, { text: addTaskSql, parameters });
    if (!row || row.stopped) return null;
    if (row.task_id === null) throw gateFull({ jobId: lease.jobId, seq });
    return toTask(row as TaskRow);
  });
}

const readTasksSql = `
  SELECT t.task_id, t.seq, t.status, t.score, t.result, t.result_summary_id, t.last_error_json
  FROM optimization_tasks AS t
  WHERE t.job_id = $1::uuid AND t.seq IN (SELECT jsonb_array_elements_text($2::text::jsonb)::int)
  ORDER BY t.seq`;

async function readTasks(
  sql: Sql,
  { jobId, seqs }: { readonly jobId: string; readonly seqs: readonly number[] },
): Promise<readonly TaskOutcome[]> {
  const rows = await run<
    & Pick<TaskRow, "task_id" | "seq" | "status" | "score" | "result_summary_id" | "last_error_json">
    & { readonly result: Uint8Array | null }
  >(sql, { text: readTasksSql, parameters: [jobId, JSON.stringify(seqs)] });
  return rows.map((row) => ({
    taskId: row.task_id,
    seq: row.seq,
    status: row.status,
    score: row.score,
    result: row.result && new Uint8Array(row.result),
    resultSummaryId: row.result_summary_id,
    lastError: row.status === "failed" ? row.last_error_json : null,
  }));
}

const stopSql = `
  UPDATE optimization_jobs
  SET stop_reason_json = $2::text::jsonb, tasks_finished = $3::int, top_tasks_json = $4::text::jsonb
  WHERE job_id = $1::uuid AND stop_reason_json IS NULL
  RETURNING job_id`;

const stopTasksSql = `
  WITH stopped AS (
    UPDATE optimization_tasks AS t
    SET status = 'early-stopped', finished_at = GREATEST(now.at, t.created_at), not_before = NULL, ${noLeaseSql}
    FROM ${momentSql} AS now
    WHERE t.job_id = $1::uuid AND t.status IN ('queued', 'running')
    RETURNING t.job_id
  )
  SELECT pg_notify('${taskEndedChannel}', job_id::text) FROM stopped LIMIT 1`;

async function writeStop(
  sql: Sql,
  { lease, stop }: { readonly lease: Lease; readonly stop: EarlyStop },
): Promise<LeaseStatus | null> {
  const { jobId } = lease;
  const parameters = [
    jobId,
    JSON.stringify(stop.reason),
    stop.tasksFinished,
    JSON.stringify(stop.topTasks),
  ];
  return await inTransaction(sql, async (tx) => {
    const job = await lockJob(tx, lease);
    if (!job) return null;
    const first = await run(tx, { text: stopSql, parameters });
    if (first.length > 0) await run(tx, { text: stopTasksSql, parameters: [jobId] });
    return toLeaseStatus(job);
  });
}
