import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import type { JobStores, JobStoresFactory } from "./job_stores.ts";
import { connectJudged, type JudgedPool } from "./statement_style.ts";

/** The Postgres adapter over a database that belongs to the calling test file; emptied before every test. */
export function postgresStores(
  name: string,
  database: () => Promise<{ readonly dsn: string; readonly connectionsMax: number }>,
): JobStoresFactory {
  let dsn: Promise<{ readonly dsn: string; readonly connectionsMax: number }> | undefined;
  return {
    name,
    async open() {
      dsn ??= database();
      return await openStores(connectJudged(await dsn));
    },
  };
}

async function openStores({ sql, close }: JudgedPool): Promise<JobStores> {
  await migrate(sql);
  await sql`TRUNCATE backtest_jobs, backtest_job_turns CASCADE`;
  return {
    ...postgresJobs(sql),
    async expireLease(jobId) {
      // An hour back, so that leases keep their order.
      await sql`
        UPDATE backtest_jobs SET lease_expires_at = lease_expires_at - interval '1 hour'
        WHERE job_id = ${jobId}::uuid AND state = 'running'`;
    },
    async makeDue(jobId) {
      await sql`
        UPDATE backtest_jobs SET not_before = not_before - interval '1 hour' WHERE job_id = ${jobId}::uuid`;
      await sql`UPDATE backtest_job_turns SET due_at = due_at - interval '1 hour'`;
    },
    async expireTask({ taskId }) {
      await sql`
        UPDATE optimization_tasks SET lease_expires_at = lease_expires_at - interval '1 hour'
        WHERE task_id = ${taskId}::uuid AND status = 'running'`;
    },
    async makeTaskDue(taskId) {
      await sql`
        UPDATE optimization_tasks SET not_before = not_before - interval '1 hour' WHERE task_id = ${taskId}::uuid`;
    },
    async tick() {
      await sql`SELECT pg_sleep(0.001)`;
    },
    close,
  };
}
