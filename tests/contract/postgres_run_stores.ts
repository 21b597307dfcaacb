import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { postgresRuns } from "../../src/adapters/postgres/runs.ts";
import type { RunStores, RunStoresFactory } from "./run_stores.ts";
import { connectJudged, type JudgedPool } from "./statement_style.ts";

/** The Postgres adapter over a database that belongs to the calling test file; emptied before every test. */
export function postgresRunStores(
  name: string,
  database: () => Promise<{ readonly dsn: string; readonly connectionsMax: number }>,
): RunStoresFactory {
  let dsn: Promise<{ readonly dsn: string; readonly connectionsMax: number }> | undefined;
  return {
    name,
    parallel: name === "postgres",
    async open() {
      dsn ??= database();
      return await openStores(connectJudged(await dsn));
    },
  };
}

async function openStores({ sql, close }: JudgedPool): Promise<RunStores> {
  await migrate(sql);
  await sql`TRUNCATE backtest_jobs, backtest_job_turns, backtest_runs CASCADE`;
  return {
    jobs: postgresJobs(sql).jobs,
    ...postgresRuns(sql),
    async passTime(ms) {
      const earlier = (column: string) =>
        `${column} = ${column} - ${ms}::double precision * interval '1 millisecond'`;
      const columns = ["created_at", "updated_at", "finished_at", "heartbeat_at", "step_opened_at"];
      await sql.unsafe(`UPDATE backtest_runs SET ${columns.map(earlier).join(", ")}`);
    },
    close,
  };
}
