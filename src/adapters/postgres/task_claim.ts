import { taskRetriesExhausted } from "../../core/optimization/mod.ts";
import type { ClaimedTask, TaskClaim } from "../../ports/task_queue.ts";
import type { Sql } from "./connect.ts";
import { momentSql } from "./job_sql.ts";
import { noLeaseSql } from "./lease_sql.ts";
import { onOlderSchema } from "./older_schema.ts";
import { taskColumns, type TaskRow, toTask } from "./optimization_row.ts";
import { taskEndedChannel, taskLease } from "./optimization_sql.ts";
import { run } from "./prepared.ts";

/**
 * Picks a task, skipping rows that others hold, and either starts it or ends it as exhausted. Their writes carry no fence
 * because they make one: the row lock and the due or expired lease stand for it. On a schema without tasks there is none.
 */
export async function claimTask(sql: Sql, claim: TaskClaim): Promise<ClaimedTask> {
  const { lockedBy, leaseSeconds, maxRetries, moduleHash, jobId } = claim;
  const error = taskRetriesExhausted(maxRetries);
  const [row] = await onOlderSchema<readonly ClaimedRow[]>(
    () =>
      run<ClaimedRow>(sql, {
        text: claimSql,
        parameters: [
          lockedBy,
          leaseSeconds,
          maxRetries,
          moduleHash,
          jobId ?? null,
          error.message,
          JSON.stringify(error),
        ],
      }),
    () => Promise.resolve([]),
  );
  if (!row?.task_id) return { kind: "none", otherModule: row?.other_module ?? null };
  const task = toTask(row as TaskRow);
  if (task.status === "failed") return { kind: "exhausted", task };
  return { kind: "claimed", task, reclaim: row.before === "running" };
}

/** A row of which `task_id` is null when there was no task. */
type ClaimedRow =
  & (TaskRow | { readonly task_id: null })
  & { readonly before: "queued" | "running" | null; readonly other_module: string | null };

/**
 * `$1` is the claimer, `$2` the seconds of its lease, `$3` the most retries a task has, `$4` its module, `$5` a job or null,
 * `$6` and `$7` the error of a task that has no retry left. The migration that makes the function says how it picks. It is asked
 * once, and so is what it picked read, as both are locked; who comes too late finds nothing.
 */
const claimSql = `
  WITH now AS MATERIALIZED ${momentSql},
  picked AS MATERIALIZED (
    SELECT t.task_id, t.status AS before, t.status = 'running' AND t.retries >= $3::int AS exhausted
    FROM optimization_tasks AS t
    WHERE t.task_id = (SELECT backtest_next_task($4::text, $5::uuid))
    FOR UPDATE OF t
  ),
  restarted AS (
    UPDATE optimization_tasks AS t
    SET status = 'running',
        started_at = COALESCE(t.started_at, GREATEST(now.at, t.created_at)),
        retries = t.retries + CASE picked.before WHEN 'running' THEN 1 ELSE 0 END,
        progress = 0,
        worker = $1::text,
        ${taskLease.taken}
    FROM picked, now
    WHERE t.task_id = picked.task_id AND NOT picked.exhausted
    RETURNING t.*
  ),
  ended AS (
    UPDATE optimization_tasks AS t
    SET status = 'failed', finished_at = GREATEST(now.at, t.created_at), ${noLeaseSql},
        last_error = $6::text,
        last_error_json = jsonb_set($7::text::jsonb, '{details}',
          $7::text::jsonb -> 'details' || jsonb_build_object('stage', t.stage, 'seq', t.seq))
    FROM picked, now
    WHERE t.task_id = picked.task_id AND picked.exhausted
    RETURNING t.*
  )
  SELECT ${taskColumns}, picked.before,
    CASE WHEN t.status = 'failed' THEN pg_notify('${taskEndedChannel}', t.job_id::text) END,
    CASE WHEN t.task_id IS NULL AND $5::uuid IS NULL THEN (
      SELECT waiting.job_id FROM optimization_tasks AS waiting
      JOIN optimization_jobs AS o ON o.job_id = waiting.job_id
      WHERE waiting.status = 'queued' AND o.module_hash <> $4::text
      ORDER BY waiting.job_created_at, waiting.job_id LIMIT 1
    ) END AS other_module
  FROM (SELECT) AS one
  LEFT JOIN (SELECT * FROM restarted UNION ALL SELECT * FROM ended) AS t ON true
  LEFT JOIN picked ON true`;
