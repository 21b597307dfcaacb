import assert from "node:assert/strict";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { workerSchemaMin } from "../../src/adapters/postgres/require_schema.ts";
import { optimizationStatuses } from "../../src/core/optimization/mod.ts";
import { earlierVersion } from "../upgrade/other_schema.ts";
import { embeddedPostgres, withPool, withSchema } from "../helpers/postgres.ts";
import { brokenConstraint } from "./broken_constraint.ts";
import { jobIdOf, leaseOf, newJob } from "./job_stores.ts";
import { claimBy, moduleHash, newOptimization, newTask } from "./optimization_stores.ts";

const server = embeddedPostgres();

/** Per constraint, assignments that turn a valid row into one it must refuse. */
const badOptimizations: readonly (readonly [string, string])[] = [
  ["optimization_jobs_concurrency_limit_chk", "concurrency_limit = 0"],
  ["optimization_jobs_concurrency_limit_chk", "concurrency_limit = 65"],
  ["optimization_jobs_early_stop_shape_chk", "early_stop_json = '[]'"],
  ["optimization_jobs_top_n_chk", "top_n = 0"],
  ["optimization_jobs_cutting_chk", "task_variants = 0"],
  ["optimization_jobs_cutting_chk", "tasks_max = 0"],
  ["optimization_jobs_tasks_total_chk", "tasks_total = -1"],
  ["optimization_jobs_tasks_finished_chk", "tasks_finished = -1"],
  ["optimization_jobs_finished_lte_total_chk", "tasks_finished = tasks_total + 1"],
  ["optimization_jobs_top_tasks_shape_chk", "top_tasks_json = '{}'"],
  ["optimization_jobs_stop_reason_shape_chk", "stop_reason_json = '[]'"],
];

/** Likewise, of a queued task beside another. */
const badTasks: readonly (readonly [string, string])[] = [
  ["optimization_tasks_unique_seq", "seq = 1"],
  ["optimization_tasks_status_chk", "status = 'done'"],
  ["optimization_tasks_seq_chk", "seq = -1"],
  ["optimization_tasks_stage_chk", "stage = 'finalizing'"],
  ["optimization_tasks_units_chk", "to_unit = from_unit"],
  ["optimization_tasks_units_chk", "from_unit = -1"],
  ["optimization_tasks_keep_chk", "keep = 0"],
  ["optimization_tasks_params_json_shape_chk", "params_json = '[]'"],
  ["optimization_tasks_result_chk", "result = '\\x00'"],
  ["optimization_tasks_result_chk", "score = 1"],
  ["optimization_tasks_result_chk", "result_summary_id = repeat('a', 64)"],
  [
    "optimization_tasks_result_summary_id_sha256_chk",
    "status = 'succeeded', finished_at = now(), result_summary_id = 'x'",
  ],
  ["optimization_tasks_progress_chk", "progress = 1.1"],
  ["optimization_tasks_progress_chk", "progress = 'NaN'"],
  ["optimization_tasks_retries_chk", "retries = -1"],
  ["optimization_tasks_retries_chk", "retries = attempt + 1"],
  ["optimization_tasks_attempt_chk", "attempt = -1"],
  ["optimization_tasks_not_before_chk", "status = 'cancelled', finished_at = now(), not_before = now()"],
  ["optimization_tasks_running_lease_chk", "status = 'running', started_at = now()"],
  ["optimization_tasks_running_lease_chk", "locked_by = 'w'"],
  ["optimization_tasks_last_error_json_shape_chk", "last_error_json = '[]'"],
  ["optimization_tasks_failed_error_payload_chk", "status = 'failed', finished_at = now(), last_error = 'x'"],
  ["optimization_tasks_status_timestamps_chk", "finished_at = now()"],
  ["optimization_tasks_status_timestamps_chk", "status = 'early-stopped'"],
  ["optimization_tasks_status_timestamps_chk", "status = 'running'"],
];

const badRows = { optimization_jobs: badOptimizations, optimization_tasks: badTasks };

/** A job with two queued tasks. */
async function fill(sql: Sql): Promise<void> {
  const { jobs, queue, coordinator } = postgresJobs(sql);
  await jobs.create(newJob(1), { maxActive: 1, optimization: newOptimization() });
  const lease = leaseOf((await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 }))!);
  await coordinator.begin(lease, { moduleHash });
  for (const seq of [0, 1]) await coordinator.addTask(lease, newTask(1, seq));
}

Deno.test("the constraints of optimisations and tasks refuse bad rows by name", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    await fill(sql);
    for (const [table, rows] of Object.entries(badRows)) {
      for (const [name, assignments] of rows) {
        assert.equal(await brokenConstraint(sql, { table, name, assignments }), name, assignments);
      }
    }
    const rows = await sql<{ readonly conname: string }[]>`
      SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname LIKE 'optimization\\_%'`;
    const tested = new Set(Object.values(badRows).flat().map(([name]) => name));
    assert.deepEqual(rows.map(({ conname }) => conname).filter((name) => !tested.has(name)), []);
  });
});

Deno.test("S004-23 database and code know the same six statuses of tasks", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const [row] = await sql<[{ readonly definition: string }]>`
      SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'optimization_tasks_status_chk'`;
    const literals = [...row.definition.matchAll(/'([a-z-]+)'/g)].map(([, literal]) => literal);
    assert.deepEqual(literals, optimizationStatuses);
  });
});

Deno.test("the indexes of tasks are in the order of claims, of leases that run out, and of a job's open tasks", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const rows = await sql<{ readonly indexname: string; readonly indexdef: string }[]>`
      SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'optimization_tasks' ORDER BY indexname`;
    assert.deepEqual(
      rows.map(({ indexname, indexdef }) => [indexname, indexdef.replace(/^.* USING btree /, "")]),
      [
        [
          "idx_optimization_tasks_claim",
          "(job_created_at, job_id, seq) WHERE ((status)::text = 'queued'::text)",
        ],
        [
          "idx_optimization_tasks_open",
          "(job_id, seq) WHERE ((status)::text = ANY (ARRAY['queued'::text, 'running'::text]))",
        ],
        ["idx_optimization_tasks_reclaim", "(lease_expires_at) WHERE ((status)::text = 'running'::text)"],
        ["optimization_tasks_pkey", "(task_id)"],
        ["optimization_tasks_unique_seq", "(job_id, seq)"],
      ],
    );
  });
});

Deno.test("a worker that is started before the migration finds no task and no optimisation", async () => {
  await using earlier = await earlierVersion(workerSchemaMin);
  await withPool(await server.createDatabase(), async (sql) => {
    await migrate(sql, earlier);
    await sql`
      INSERT INTO backtest_jobs (job_id, user_id, mode, state, stage, created_at, updated_at, request_json, request_hash,
        engine_params_hash, backtest_runtime_config_hash)
      SELECT ${
      jobIdOf(1)
    }::uuid, gen_random_uuid(), 'template', 'queued', 'stage_a', now(), now(), '{}', hash, hash, hash
      FROM repeat('a', 64) AS hash`;
    const { queue, coordinator, tasks } = postgresJobs(sql);
    const lease = leaseOf((await queue.claimNext({ lockedBy: "w", leaseSeconds: 60 }))!);
    assert.deepEqual(await coordinator.begin(lease, { moduleHash }), { optimization: null, tasks: [] });
    assert.deepEqual(await tasks.claimTask(claimBy("w")), { kind: "none", otherModule: null });
    assert.equal((await queue.finish(lease, { state: "cancelled" }))?.state, "cancelled");
  });
});
