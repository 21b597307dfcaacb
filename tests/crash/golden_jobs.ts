import { parseRequest } from "../../src/request/parse.ts";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { asTexts } from "../../src/adapters/postgres/fragments.ts";
import { submitJob } from "../../src/usecases/submit_job.ts";
import { testConfig } from "../helpers/config.ts";
import { requestBody } from "../helpers/worker_harness.ts";

/** How a golden job goes when nothing disturbs it; together they make a worker send every statement it has. */
export type GoldenStory =
  | "succeeds"
  | "fails"
  | "is cancelled"
  | "is released"
  | "is retried"
  | "is surrendered"
  | "is shared"
  | "is helped with"
  | "gets a task back"
  | "has a task that fails";

/** All stories; the first one is run with every fault at every statement. */
export const stories: readonly GoldenStory[] = [
  "succeeds",
  "fails",
  "is cancelled",
  "is released",
  "is retried",
  "is surrendered",
  "is shared",
  "is helped with",
  "gets a task back",
  "has a task that fails",
];

/** Stories of an optimisation whose worker only helps: another one coordinates it. */
const helped: ReadonlySet<GoldenStory> = new Set([
  "is helped with",
  "gets a task back",
  "has a task that fails",
]);

/** Whether the worker of a story helps another one, who coordinates the job. */
export function isHelped(story: GoldenStory): boolean {
  return helped.has(story);
}

/** Whether the job of a story is an optimisation. */
export function isShared(story: GoldenStory): boolean {
  return story === "is shared" || isHelped(story);
}

/** What works on the job after a worker of a story is gone. */
export function heirOf(story: GoldenStory): GoldenStory {
  if (!isShared(story)) return "succeeds";
  return story === "gets a task back" ? "is helped with" : story;
}

/** Id of the one job of a golden database. */
const goldenJobId = "00000000-0000-4000-8000-000000000001";

const userId = "11111111-1111-4111-8111-111111111111";

/** Empties the database and queues the golden job of a story. */
export async function queueGoldenJob(sql: Sql, story: GoldenStory): Promise<void> {
  await sql`TRUNCATE backtest_jobs CASCADE`;
  await sql.unsafe(`
    DROP TRIGGER IF EXISTS cancel_in_stage_b ON backtest_jobs;
    CREATE OR REPLACE FUNCTION cancel_in_stage_b() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.cancel_requested_at = COALESCE(NEW.cancel_requested_at, NEW.updated_at);
      RETURN NEW;
    END $$`);
  if (story === "is cancelled") {
    // the request of a user that comes, at every run, while the worker enters Stage B
    await sql.unsafe(`
      CREATE TRIGGER cancel_in_stage_b BEFORE UPDATE ON backtest_jobs
      FOR EACH ROW WHEN (NEW.stage = 'stage_b') EXECUTE FUNCTION cancel_in_stage_b()`);
  }
  await submitJob({ parsed: parseRequest(requestBody()), userId }, {
    jobs: postgresJobs(sql).jobs,
    config: testConfig(),
    defaults: {},
    newId: () => goldenJobId,
  });
  if (isShared(story)) await share(sql, story);
  if (story === "fails") {
    await sql`UPDATE backtest_jobs SET request_json = request_json - 'template'`;
  }
}

/**
 * Makes the job an optimisation of six tasks. One that stops does so at the first task of Stage B; where it ends before its
 * last task, one is open at a time, so that all that is left of the others is the same in every run.
 */
async function share(sql: Sql, story: GoldenStory): Promise<void> {
  const policy = story === "is shared" ? { metric: "total_return_pct", threshold: -1000, mode: "max" } : null;
  const limit = story === "is shared" || story === "has a task that fails" ? 1 : 2;
  await sql`
    INSERT INTO optimization_jobs (
      job_id, concurrency_limit, early_stop_json, top_n, task_variants, tasks_max, tasks_total
    )
    VALUES (${goldenJobId}::uuid, ${limit}::int, ${
    policy && JSON.stringify(policy)
  }::text::jsonb, 5, 4, 100, 6)`;
}

/**
 * Everything a finished job leaves behind, as text: without times, and without what tells how often and by whom it was
 * claimed.
 */
export async function goldenRows(sql: Sql): Promise<string> {
  const [{ rows }] = await sql<[{ readonly rows: unknown }]>`
    SELECT jsonb_build_object(
      'job', (SELECT jsonb_agg(to_jsonb(j) - ${asTexts(sql, bookkeeping)}) FROM backtest_jobs AS j),
      'top', (SELECT jsonb_agg(to_jsonb(t) - 'updated_at' ORDER BY rank) FROM backtest_job_top_variants AS t),
      'shortlist', (SELECT jsonb_agg(to_jsonb(s) - 'updated_at') FROM backtest_job_stage_a_shortlist AS s),
      'planes', (SELECT jsonb_agg(to_jsonb(p) - 'updated_at') FROM backtest_job_planes AS p),
      'optimization', (
        SELECT jsonb_agg(
          to_jsonb(o) || jsonb_build_object(
            'top_tasks_json', (SELECT jsonb_agg(top - 'task_id') FROM jsonb_array_elements(o.top_tasks_json) AS top),
            'stop_reason_json', o.stop_reason_json - 'task_id'
          )
        ) FROM optimization_jobs AS o
      ),
      'tasks', (
        SELECT jsonb_agg(to_jsonb(t) - ${
    asTexts(sql, taskBookkeeping)
  } ORDER BY seq) FROM optimization_tasks AS t
      )
    ) AS rows`;
  return JSON.stringify(rows, null, 1);
}

/** Which write made each row, so that a write that changes nothing visible is noticed too. */
export async function goldenVersions(sql: Sql): Promise<string> {
  const rows = await sql`
    SELECT 'job' AS part, xmin::text, to_jsonb(j)::text AS content FROM backtest_jobs AS j
    UNION ALL SELECT 'top', xmin::text, to_jsonb(t)::text FROM backtest_job_top_variants AS t
    UNION ALL SELECT 'shortlist', xmin::text, to_jsonb(s)::text FROM backtest_job_stage_a_shortlist AS s
    UNION ALL SELECT 'planes', xmin::text, to_jsonb(p)::text FROM backtest_job_planes AS p
    UNION ALL SELECT 'optimization', xmin::text, to_jsonb(o)::text FROM optimization_jobs AS o
    UNION ALL SELECT 'task', xmin::text, to_jsonb(t)::text FROM optimization_tasks AS t
    ORDER BY 1, 3`;
  return JSON.stringify(rows, null, 1);
}

/** Columns of a job that tell when, how often and by whom it was run, and nothing of its result. */
export const bookkeeping = [
  "silent_attempts",
  "created_at",
  "updated_at",
  "started_at",
  "finished_at",
  "cancel_requested_at",
  "progress_updated_at",
  "attempt",
  "retries",
  "not_before",
];

/** Columns of a task that tell likewise, among them the floor, which depends on what was known when it was put up. */
const taskBookkeeping = [
  "task_id",
  "job_created_at",
  "created_at",
  "started_at",
  "finished_at",
  "attempt",
  "retries",
  "not_before",
  "worker",
  "progress",
  "floor",
  "keep",
  "last_error",
  "last_error_json",
];
