import assert from "node:assert/strict";
import { quantile } from "../../scripts/bench/queue/queue_timing.ts";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { OptimizationTask } from "../../src/core/optimization/mod.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { leaseOf, newJob } from "./job_stores.ts";
import {
  claimed,
  moduleHash,
  newOptimization,
  newTask,
  resultOf,
  taskLeaseOf,
} from "./optimization_stores.ts";

const server = embeddedPostgres();

/** What a session may have made its plans from: a table of a page with statistics, or one without. */
for (const analyzed of [true, false]) {
  Deno.test(`tasks cost as few pages above 100,000 that are over and 10,000 that wait as before, by plans ${analyzed ? "for a table of a page" : "without statistics"}`, () =>
    testCosts({ analyzed }));
}

async function testCosts({ analyzed }: { readonly analyzed: boolean }): Promise<void> {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async () => {});
  // one session, which keeps its plans
  const sql = connect(dsn, { connectionsMax: 1 });
  try {
    const { jobs, queue, coordinator, tasks } = postgresJobs(sql);
    await sql`SET statement_timeout = 0`;
    await sql`ALTER TABLE optimization_tasks SET (autovacuum_enabled = off)`;
    await jobs.create(newJob(1), { maxActive: 1, optimization: newOptimization({ tasksTotal: 10_000 }) });
    const lease = leaseOf((await queue.claimNext({ lockedBy: "coordinator", leaseSeconds: 86_400 }))!);
    await coordinator.begin(lease, { moduleHash });
    await fill(sql, { jobs: 2, over: 20, waiting: 10 });
    if (analyzed) await sql`VACUUM ANALYZE optimization_tasks, optimization_jobs`;
    let seq = 0;
    let task: OptimizationTask;
    const ours = { jobId: lease.jobId };
    const claim = async () => task = await claimed({ tasks }, "helper", ours);
    const steps: Readonly<Record<string, () => Promise<unknown>>> = {
      add: () => coordinator.addTask(lease, newTask(1, seq++)),
      claim,
      heartbeat: () => tasks.heartbeat(taskLeaseOf(task), { leaseSeconds: 60 }),
      release: () => tasks.release(taskLeaseOf(task)),
      "claim again": claim,
      complete: () => tasks.complete(taskLeaseOf(task), resultOf(task, task.seq)),
      "claim of any": async () => task = await claimed({ tasks }),
      "release of any": () => tasks.release(taskLeaseOf(task)),
    };
    const pagesOfEach = async (times: number) => {
      const looked = Object.fromEntries(Object.keys(steps).map((name) => [name, 0]));
      for (let n = 0; n < times; n++) {
        for (const [name, step] of Object.entries(steps)) {
          const before = await pages(sql);
          assert.ok(await step(), name);
          looked[name]! += (await pages(sql) - before) / times;
        }
      }
      return looked;
    };
    // as often as it takes until a session keeps a plan
    await pagesOfEach(7);
    const few = await pagesOfEach(3);
    await fill(sql, { jobs: 1000, over: 100, waiting: 10 });
    for (const [name, many] of Object.entries(await pagesOfEach(10))) {
      // the indexes are two levels higher
      assert.ok(many <= 3 * few[name]!, `${name}: ${few[name]} pages at first, ${many} of so many`);
    }
    const tookMs: number[] = [];
    for (let n = 0; n < 100; n++) {
      const startedMs = performance.now();
      const next = await claimed({ tasks });
      await tasks.complete(taskLeaseOf(next), resultOf(next, next.seq));
      tookMs.push(performance.now() - startedMs);
    }
    const [p50, p95] = [0.5, 0.95].map((q) => quantile(tookMs, q).toFixed(2));
    console.log(`claim and result of a task: p50 ${p50} ms, p95 ${p95} ms`);
  } finally {
    await disconnect(sql);
  }
}

/** Optimisations that run, younger than the first, each with tasks that are over and some that wait. */
async function fill(
  sql: Sql,
  { jobs, over, waiting }: { readonly jobs: number; readonly over: number; readonly waiting: number },
): Promise<void> {
  await sql`
    WITH made AS (
      INSERT INTO backtest_jobs (
        job_id, user_id, mode, state, stage, created_at, updated_at, started_at, locked_by, locked_at, lease_expires_at,
        heartbeat_at, request_json, request_hash, engine_params_hash, backtest_runtime_config_hash, attempt
      )
      SELECT gen_random_uuid(), gen_random_uuid(), 'template', 'running', 'stage_b', now() + interval '1 hour',
        now() + interval '1 hour', now(), 'w', now(), now() + interval '1 day', now(), '{"top_k": 1}', hash, hash, hash, 1
      FROM generate_series(1, ${jobs}::int) AS n, repeat('a', 64) AS hash
      RETURNING job_id
    )
    INSERT INTO optimization_jobs (
      job_id, concurrency_limit, top_n, task_variants, tasks_max, tasks_total, module_hash
    )
    SELECT job_id, 64, 3, 4, 1000, 1000, ${moduleHash}::text FROM made`;
  await sql`
    INSERT INTO optimization_tasks (
      task_id, job_id, job_created_at, seq, stage, status, from_unit, to_unit, keep, params_json, created_at, finished_at
    )
    SELECT gen_random_uuid(), o.job_id, now() + interval '1 hour', seq, 'stage_b', status, 0, 1, 1,
      ${
    JSON.stringify(newTask(1, 0).params)
  }::text::jsonb, now(), CASE status WHEN 'queued' THEN NULL ELSE now() END
    FROM optimization_jobs AS o, generate_series(0, ${over + waiting - 1}::int) AS seq,
      LATERAL (SELECT CASE WHEN seq < ${over}::int THEN 'cancelled' ELSE 'queued' END AS status) AS of
    WHERE NOT EXISTS (SELECT FROM optimization_tasks AS t WHERE t.job_id = o.job_id)
      AND o.job_id <> ${newJob(1).jobId}::uuid`;
}

/** Pages of tables and indexes that this database's sessions have looked at up to now, in memory or not. */
async function pages(sql: Sql): Promise<number> {
  await sql`SELECT pg_stat_force_next_flush()`;
  const [row] = await sql`
    SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::float8 AS looked_at
    FROM pg_statio_user_tables`;
  return row!.looked_at;
}
