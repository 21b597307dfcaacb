import type { NewOptimization, TaskLease } from "../../core/optimization/mod.ts";
import type { SqlContext } from "./connect.ts";
import { leaseSql } from "./lease_sql.ts";
import { run } from "./prepared.ts";

/** Leases of `optimization_tasks AS t`. */
export const taskLease = leaseSql({ alias: "t", key: "task_id", state: "status" });

/**
 * Whether the row of `optimization_tasks AS t` is still ours, by the {@link taskLeaseParameters}, which come first in a
 * statement. That its job is not over and has not stopped is part of it: whatever ends or stops a job ends its open tasks in
 * the same transaction.
 */
export const taskAliveSql = `${taskLease.alive} AND t.job_id = $4::uuid`;

/** Values of `$1` to `$4` in {@link taskAliveSql}. */
export function taskLeaseParameters(
  { taskId, lockedBy, attempt, jobId }: TaskLease,
): readonly [string, string, number, string] {
  return [taskId, lockedBy, attempt, jobId];
}

/** Channel of tasks that became claimable; the payload is empty, so that Postgres folds those of one transaction. */
export const taskQueuedChannel = "backtest_tasks_queued";

/** Channel of tasks that ended, also notified by the trigger that ends those of a job; the payload is the job id. */
export const taskEndedChannel = "backtest_tasks_ended";

const insertSql = `
  INSERT INTO optimization_jobs (
    job_id, concurrency_limit, early_stop_json, top_n, task_variants, tasks_max, tasks_total
  )
  VALUES ($1::uuid, $2::int, $3::text::jsonb, $4::int, $5::int, $6::int, $7::int)`;

/** Stores the companion of a job that was created in the same transaction. */
export async function insertOptimization(
  tx: SqlContext,
  { jobId, optimization }: { readonly jobId: string; readonly optimization: NewOptimization },
): Promise<void> {
  const { concurrencyLimit, earlyStop, topN, taskVariants, tasksMax, tasksTotal } = optimization;
  await run(tx, {
    text: insertSql,
    parameters: [
      jobId,
      concurrencyLimit,
      earlyStop && JSON.stringify(earlyStop),
      topN,
      taskVariants,
      tasksMax,
      tasksTotal,
    ],
  });
}
