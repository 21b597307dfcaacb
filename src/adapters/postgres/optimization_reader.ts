import { type JobCursor, type JobState, jobStates } from "../../core/job/mod.ts";
import type { OptimizationStatus } from "../../core/optimization/mod.ts";
import { checked } from "../../ports/checked.ts";
import { optimizationReaderChecks } from "../../ports/checked_optimizations.ts";
import type {
  OptimizationPage,
  OptimizationReader,
  OptimizationState,
  TaskPage,
} from "../../ports/optimization_reader.ts";
import type { Sql } from "./connect.ts";
import { asTexts } from "./fragments.ts";
import { type JobRow, toJob } from "./job_row.ts";
import {
  type OptimizationRow,
  taskColumns,
  type TaskRow,
  toOptimization,
  toTask,
} from "./optimization_row.ts";
import { run } from "./prepared.ts";
import { withStorageErrors } from "./storage_error.ts";

/** Optimisations for who shows them, over a pool. */
export function postgresOptimizationReader(sql: Sql): OptimizationReader {
  return checked(optimizationReaderChecks, {
    async get(jobId) {
      return await withStorageErrors(`read optimization "${jobId}"`, async () => {
        const [row] = await run<StateRow>(sql, { text: getSql, parameters: [jobId] });
        return row ? toState(row) : null;
      });
    },
    async look(jobIds) {
      return await withStorageErrors(`look at ${jobIds.length} optimizations`, async () => {
        const rows = await run<StateRow>(sql, { text: lookSql, parameters: [JSON.stringify(jobIds)] });
        return rows.map(toState);
      });
    },
    async listForUser(query) {
      return await withStorageErrors(
        `list optimizations of user "${query.userId ?? "all"}"`,
        () => listForUser(sql, query),
      );
    },
    async listTasks(query) {
      return await withStorageErrors(
        `list tasks of optimization "${query.jobId}"`,
        () => listTasks(sql, query),
      );
    },
  });
}

interface StateRow extends JobRow {
  readonly optimization: OptimizationRow;
  readonly workers: readonly string[] | null;
}

/** What is read of an optimisation: its job, and the rest beside it. */
const stateColumns = `to_jsonb(o) AS optimization, (
    SELECT jsonb_agg(t.locked_by ORDER BY t.locked_by) FROM optimization_tasks AS t
    WHERE t.job_id = o.job_id AND t.status IN ('queued', 'running') AND t.status = 'running'
  ) AS workers, j.*`;

const getSql = `
  SELECT ${stateColumns}
  FROM optimization_jobs AS o JOIN backtest_jobs AS j ON j.job_id = o.job_id
  WHERE o.job_id = $1::uuid`;

const lookSql = `
  SELECT ${stateColumns}
  FROM jsonb_array_elements_text($1::text::jsonb) AS asked(job_id)
  JOIN optimization_jobs AS o ON o.job_id = asked.job_id::uuid
  JOIN backtest_jobs AS j ON j.job_id = o.job_id`;

function toState(row: StateRow): OptimizationState {
  return {
    job: toJob(row),
    optimization: toOptimization(row.optimization),
    // one name for each task that runs
    tasksRunning: row.workers?.length ?? 0,
    workers: [...new Set(row.workers)],
  };
}

async function listForUser(
  sql: Sql,
  query: {
    readonly userId: string | null;
    readonly limit: number;
    readonly status?: OptimizationStatus;
    readonly cursor?: JobCursor;
  },
): Promise<OptimizationPage> {
  const { userId, limit, status, cursor } = query;
  const { states, stopped } = rowsOf(status);
  const after = cursor && new Date(cursor.createdAtMs);
  const before = cursor
    ? sql`AND (j.created_at, j.job_id) < (${after!}::timestamptz, ${cursor.jobId}::uuid)`
    : sql``;
  // as jobs are listed: one row more than asked for, of each state the newest by an index that starts with it
  const rows = await sql<StateRow[]>`
    SELECT ${sql.unsafe(stateColumns)}
    FROM (
      SELECT found.job_id FROM unnest(${asTexts(sql, states)}) AS listed(state) CROSS JOIN LATERAL (
        SELECT j.job_id, j.created_at FROM backtest_jobs AS j JOIN optimization_jobs AS o ON o.job_id = j.job_id
        WHERE j.state = listed.state AND ${userId === null ? sql`true` : sql`j.user_id = ${userId}::uuid`}
          AND (${stopped}::boolean IS NULL OR (o.stop_reason_json IS NOT NULL) = ${stopped}::boolean) ${before}
        ORDER BY j.created_at DESC, j.job_id DESC
        LIMIT ${limit + 1}::int
      ) AS found
      ORDER BY found.created_at DESC, found.job_id DESC
      LIMIT ${limit + 1}::int
    ) AS page
    JOIN optimization_jobs AS o ON o.job_id = page.job_id
    JOIN backtest_jobs AS j ON j.job_id = page.job_id
    ORDER BY j.created_at DESC, j.job_id DESC`;
  const items = rows.slice(0, limit).map(toState);
  const last = items.at(-1)?.job;
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, jobId: last.jobId } : null };
}

/** The rows that have a status; `stopped` is null where it does not matter. */
function rowsOf(
  status: OptimizationStatus | undefined,
): { readonly states: readonly JobState[]; readonly stopped: boolean | null } {
  if (status === undefined) return { states: jobStates, stopped: null };
  if (status === "early-stopped") return { states: ["succeeded"], stopped: true };
  return { states: [status], stopped: status === "succeeded" ? false : null };
}

const tasksSql = `
  SELECT ${taskColumns} FROM optimization_tasks AS t
  WHERE t.job_id = $1::uuid AND t.seq > $2::int
  ORDER BY t.seq LIMIT $3::int`;

async function listTasks(
  sql: Sql,
  { jobId, limit, afterSeq = -1 }: {
    readonly jobId: string;
    readonly limit: number;
    readonly afterSeq?: number;
  },
): Promise<TaskPage> {
  const rows = await run<TaskRow>(sql, { text: tasksSql, parameters: [jobId, afterSeq, limit + 1] });
  const items = rows.slice(0, limit).map(toTask);
  const last = items.at(-1);
  return { items, nextSeq: rows.length > limit && last ? last.seq : null };
}
