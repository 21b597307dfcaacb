import assert from "node:assert/strict";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate, migrationStatus } from "../../src/adapters/postgres/migrate.ts";
import { requireSchema } from "../../src/adapters/postgres/require_schema.ts";
import { asTexts } from "../../src/adapters/postgres/fragments.ts";
import { embeddedPostgres, withPool, withSchema } from "../helpers/postgres.ts";
import { brokenConstraint } from "./broken_constraint.ts";
import { jobIdOf, newJob } from "./job_stores.ts";

const server = embeddedPostgres();
const migrations = [
  "0001_backtest_jobs.sql",
  "0002_backtest_job_top_variants.sql",
  "0003_backtest_job_stage_a_shortlist.sql",
  "0004_backtest_job_retries.sql",
  "0005_plane.sql",
  "0006_job_domains.sql",
  "0007_idempotency.sql",
  "0008_strategies.sql",
  "0009_trace_id.sql",
  "0010_compact_checks.sql",
  "0011_variant_metrics.sql",
  "0012_same_as.sql",
  "0013_run_data.sql",
  "0014_queue_turns.sql",
  "0015_queue_indexes.sql",
  "0016_claim_by_age.sql",
  "0017_runs.sql",
  "0018_optimizations.sql",
  "0019_run_loaded.sql",
];
const tables = [
  "backtest_job_planes",
  "backtest_job_stage_a_shortlist",
  "backtest_job_top_variants",
  "backtest_jobs",
];
const allTables = [
  ...tables,
  "backtest_job_turns",
  "backtest_run_steps",
  "backtest_runs",
  "backtest_schema_migrations",
  "backtest_strategies",
  "optimization_jobs",
  "optimization_tasks",
].sort();

/** Per constraint, assignments that turn a valid queued job into a row it must refuse. */
const badJobs: readonly (readonly [string, string])[] = [
  ["backtest_jobs_mode_chk", "mode = 'stored'"],
  ["backtest_jobs_state_chk", "state = 'done'"],
  ["backtest_jobs_stage_chk", "stage = 'stage_c'"],
  ["backtest_jobs_attempt_chk", "attempt = -1"],
  ["backtest_jobs_processed_units_chk", "processed_units = -1"],
  ["backtest_jobs_total_units_chk", "total_units = -1"],
  ["backtest_jobs_processed_lte_total_chk", "processed_units = 3, total_units = 2"],
  ["backtest_jobs_request_json_shape_chk", "request_json = '[]'"],
  [
    "backtest_jobs_spec_payload_shape_chk",
    "mode = 'saved', spec_hash = request_hash, spec_payload_json = '1'",
  ],
  ["backtest_jobs_last_error_json_shape_chk", "last_error_json = '\"text\"'"],
  ["backtest_jobs_saved_mode_snapshot_chk", "mode = 'saved'"],
  ["backtest_jobs_saved_mode_snapshot_chk", "mode = 'saved', spec_hash = request_hash"],
  ["backtest_jobs_saved_mode_snapshot_chk", "spec_payload_json = '{}'"],
  ["backtest_jobs_hashes_sha256_chk", "request_hash = upper(request_hash)"],
  ["backtest_jobs_hashes_sha256_chk", "engine_params_hash = 'b'"],
  ["backtest_jobs_hashes_sha256_chk", "backtest_runtime_config_hash = ''"],
  ["backtest_jobs_hashes_sha256_chk", "mode = 'saved', spec_hash = 'x', spec_payload_json = '{}'"],
  ["backtest_jobs_state_timestamps_chk", "started_at = created_at"],
  ["backtest_jobs_state_timestamps_chk", "finished_at = created_at"],
  ["backtest_jobs_state_timestamps_chk", "state = 'cancelled'"],
  ["backtest_jobs_state_timestamps_chk", "state = 'succeeded'"],
  ["backtest_jobs_running_lease_chk", "state = 'running', started_at = created_at"],
  ["backtest_jobs_running_lease_chk", "locked_by = 'worker-1'"],
  ["backtest_jobs_running_lease_chk", "lease_expires_at = created_at"],
  ["backtest_jobs_failed_error_payload_chk", "state = 'failed', finished_at = created_at"],
  ["backtest_jobs_failed_error_payload_chk", "last_error = 'No candle'"],
  ["backtest_jobs_retries_chk", "retries = -1"],
  ["backtest_jobs_retries_chk", "attempt = 1, retries = 2"],
  ["backtest_jobs_idempotency_chk", "idempotency_key = 'k'"],
  ["backtest_jobs_idempotency_chk", "idempotency_key = '', idempotency_body_hash = request_hash"],
  ["backtest_jobs_idempotency_chk", "idempotency_key = 'k', idempotency_body_hash = 'x'"],
  ["backtest_jobs_trace_id_chk", "trace_id = 'x'"],
  ["backtest_jobs_data_json_shape_chk", "data_json = '[]'"],
  ["backtest_jobs_warnings_json_shape_chk", "warnings_json = '{}'"],
  ["backtest_jobs_not_before_chk", "state = 'cancelled', finished_at = created_at, not_before = created_at"],
];

const badVariants: readonly (readonly [string, string])[] = [
  ["backtest_job_top_variants_rank_chk", "rank = 0"],
  ["backtest_job_top_variants_variant_index_chk", "variant_index = -1"],
  ["backtest_job_top_variants_payload_shape_chk", "payload_json = '[]'"],
  ["backtest_job_top_variants_trades_shape_chk", "trades_json = 'null'"],
  ["backtest_job_top_variants_metrics_shape_chk", "metrics_json = '[]'"],
  ["backtest_job_top_variants_same_as_shape_chk", "same_as_json = '[]'"],
  ["backtest_job_top_variants_unique_variant", "rank = 3, variant_key = 'key-2'"],
  ["backtest_job_top_variants_pkey", "rank = 2"],
];

const badShortlists: readonly (readonly [string, string])[] = [
  ["backtest_job_stage_a_shortlist_indexes_shape_chk", "stage_a_indexes_json = '{}'"],
  ["backtest_job_stage_a_shortlist_variants_total_chk", "stage_a_variants_total = 0"],
  ["backtest_job_stage_a_shortlist_risk_total_chk", "risk_total = 0"],
  ["backtest_job_stage_a_shortlist_preselect_used_chk", "preselect_used = 0"],
];

const badPlanes: readonly (readonly [string, string])[] = [
  ["backtest_job_planes_axes_shape_chk", "axes_json = '{}'"],
  ["backtest_job_planes_planes_shape_chk", "planes_json = '{}'"],
];

const badRows = {
  backtest_jobs: badJobs,
  backtest_job_top_variants: badVariants,
  backtest_job_stage_a_shortlist: badShortlists,
  backtest_job_planes: badPlanes,
};

Deno.test("S000-09 migrate() makes the tables, once", async () => {
  await withPool(await server.createDatabase(), async (sql) => {
    assert.deepEqual(await migrate(sql), migrations);
    assert.deepEqual(await migrate(sql), []);
    assert.deepEqual(await ourTables(sql), allTables);
  });
});

Deno.test("S003-32 migrate() may run several times at once", async () => {
  await withPool(await server.createDatabase(), async (sql) => {
    const applied = await Promise.all([migrate(sql), migrate(sql), migrate(sql)]);
    assert.deepEqual(applied.flat(), migrations);
  });
});

Deno.test("S003-32 migrate() completes an older schema and keeps its rows", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const job = await postgresJobs(sql).jobs.create(newJob(1), { maxActive: 1 });
    await sql`DROP TABLE backtest_job_stage_a_shortlist`;
    // no older schema has triggers, which would hold on to the types of their columns
    await sql`DROP TRIGGER backtest_job_queued_trg ON backtest_jobs`;
    await sql`DROP TRIGGER backtest_job_queued_again_trg ON backtest_jobs`;
    await sql`DROP TRIGGER backtest_job_ended_trg ON backtest_jobs`;
    await sql`DELETE FROM backtest_schema_migrations WHERE name <> ${migrations[0]!}`;
    assert.deepEqual(await migrate(sql), migrations.slice(1));
    assert.deepEqual(await ourTables(sql), allTables);
    assert.deepEqual(await postgresJobs(sql).jobs.get(jobIdOf(1)), job);
  });
});

Deno.test("migrationStatus() tells pending, applied, changed and unknown apart", async () => {
  await withPool(await server.createDatabase(), async (sql) => {
    const states = async () => (await migrationStatus(sql)).map(({ state }) => state);
    assert.deepEqual(await states(), migrations.map(() => "pending"));
    await migrate(sql);
    assert.deepEqual(await states(), migrations.map(() => "applied"));
    await sql`UPDATE backtest_schema_migrations SET checksum = 'other' WHERE name = ${migrations[1]!}`;
    await sql`INSERT INTO backtest_schema_migrations VALUES ('9999_later.sql', 'x', now())`;
    assert.deepEqual(await states(), [
      ...migrations.map((_, i) => i === 1 ? "changed" : "applied"),
      "unknown",
    ]);
    await assert.rejects(migrate(sql), {
      code: "storage_unavailable",
      message: /0002_\w+\.sql was applied with/,
    });
  });
});

Deno.test("requireSchema() says what is missing, pending or too new", async () => {
  await withPool(await server.createDatabase(), async (sql) => {
    const refusal = (reason: string) => ({
      code: "storage_unavailable",
      message: `Cannot use the database: ${reason}`,
    });
    await assert.rejects(
      requireSchema(sql),
      refusal("table backtest_jobs is missing; run `deno task migrate`"),
    );
    await migrate(sql);
    await requireSchema(sql);
    await sql`INSERT INTO backtest_schema_migrations VALUES ('9999_later.sql', 'x', now())`;
    await assert.rejects(
      requireSchema(sql),
      refusal("migration 9999_later.sql is unknown to this version; update the program"),
    );
    await sql`DELETE FROM backtest_schema_migrations WHERE name <> ${migrations[0]!}`;
    await assert.rejects(
      requireSchema(sql),
      refusal(`migration ${migrations[1]} is not applied; run \`deno task migrate\``),
    );
  });
});

Deno.test("down.sql takes everything away, and migrate() brings it back", async () => {
  const down = await Deno.readTextFile("src/adapters/postgres/migrations/down.sql");
  await withSchema(await server.createDatabase(), async (sql) => {
    await postgresJobs(sql).jobs.create(newJob(1), { maxActive: 1 });
    await sql.unsafe(down);
    assert.deepEqual(await ourTables(sql), []);
    await sql.unsafe(down);
    assert.deepEqual(await migrate(sql), migrations);
  });
});

Deno.test("migrate() makes the indexes", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const rows = await sql<{ readonly indexname: string; readonly indexdef: string }[]>`
      SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'idx_backtest%' ORDER BY indexname`;
    const columns = rows.map((
      { indexname, indexdef },
    ) => [indexname, indexdef.replace(/^.* USING btree /, "")]);
    assert.deepEqual(columns, [
      ["idx_backtest_job_top_variants_job_rank", "(job_id, rank)"],
      ["idx_backtest_job_turns_due", "(due_at) WHERE (due_at IS NOT NULL)"],
      [
        "idx_backtest_job_turns_next",
        "(last_at NULLS FIRST, waiting_since, user_id) WHERE (waiting_since IS NOT NULL)",
      ],
      ["idx_backtest_jobs_claim_fifo", "(state, created_at, job_id)"],
      [
        "idx_backtest_jobs_ended",
        "(state, finished_at, job_id) INCLUDE (user_id) WHERE (finished_at IS NOT NULL)",
      ],
      ["idx_backtest_jobs_put_off", "(not_before, updated_at) WHERE (not_before IS NOT NULL)"],
      ["idx_backtest_jobs_reclaim", "(state, lease_expires_at, created_at, job_id)"],
      [
        "idx_backtest_jobs_restarted",
        "(attempt) WHERE (((state)::text = 'queued'::text) AND ((attempt)::integer > 0))",
      ],
      [
        "idx_backtest_jobs_user_active",
        "(user_id) WHERE ((state)::text = ANY (ARRAY['queued'::text, 'running'::text]))",
      ],
      [
        "idx_backtest_jobs_user_idempotency",
        "(user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL)",
      ],
      ["idx_backtest_jobs_user_started", "(user_id, started_at DESC) WHERE (started_at IS NOT NULL)"],
      ["idx_backtest_jobs_user_state_created_desc", "(user_id, state, created_at DESC, job_id DESC)"],
      [
        "idx_backtest_jobs_waiting",
        "(updated_at) WHERE (((state)::text = 'queued'::text) AND (not_before IS NULL))",
      ],
      ["idx_backtest_runs_ended", "(finished_at, run_id) WHERE (finished_at IS NOT NULL)"],
      [
        "idx_backtest_runs_held",
        "(heartbeat_at) WHERE (((state)::text = 'running'::text) AND (owner_instance IS NOT NULL))",
      ],
      ["idx_backtest_runs_listed", "(created_at DESC, run_id DESC) WHERE listed"],
      ["idx_backtest_runs_user_active", "(user_id) WHERE ((state)::text = 'running'::text)"],
      ["idx_backtest_runs_user_created_desc", "(user_id, created_at DESC, run_id DESC)"],
      [
        "idx_backtest_runs_user_idempotency",
        "(user_id, idempotency_key) WHERE (idempotency_key IS NOT NULL)",
      ],
      ["idx_backtest_runs_waiting", "(step_opened_at) WHERE (phase = 'waiting_decision'::text)"],
      [
        "idx_backtest_runs_without_baselines",
        "(finished_at) WHERE (((state)::text = 'succeeded'::text) AND ((kind)::text = 'interactive'::text) AND " +
        "(baselines_json IS NULL))",
      ],
      ["idx_backtest_runs_workspace_current", "(user_id, workspace_id) WHERE current"],
      ["idx_backtest_strategies_user_created_desc", "(user_id, created_at DESC, strategy_id DESC)"],
    ]);
  });
});

Deno.test("S000-13 the constraints refuse bad rows by name", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    await postgresJobs(sql).jobs.create(newJob(1), { maxActive: 1 });
    await sql`
      INSERT INTO backtest_job_top_variants
      SELECT ${jobIdOf(1)}::uuid, n, 'key-' || n, 'indicator', n, 1.5, '{}', NULL, NULL, now()
      FROM generate_series(1, 2) AS n`;
    await sql`
      INSERT INTO backtest_job_stage_a_shortlist VALUES (${jobIdOf(1)}::uuid, '[0]', 1, 1, 1, now())`;
    await sql`INSERT INTO backtest_job_planes VALUES (${jobIdOf(1)}::uuid, 'key', '[]', '[]', now())`;
    for (const [table, rows] of Object.entries(badRows)) {
      for (const [name, assignments] of rows) {
        assert.equal(await brokenConstraint(sql, { table, name, assignments }), name, assignments);
      }
    }
    assert.deepEqual(await untested(sql), []);
  });
});

/** Check constraints of our tables that no bad row is meant for. */
async function untested(sql: Sql): Promise<readonly string[]> {
  const tested = new Set(Object.values(badRows).flat().map(([name]) => name));
  const rows = await sql<{ readonly conname: string }[]>`
    SELECT conname FROM pg_constraint WHERE contype = 'c' AND (
      conrelid = ANY (${asTexts(sql, tables)}::regclass[])
      OR conname LIKE 'backtest\\_%' AND conname NOT LIKE 'backtest\\_run%' AND contypid <> 0
    )`;
  return rows.map(({ conname }) => conname).filter((name) => !tested.has(name));
}

async function ourTables(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ readonly tablename: string }[]>`
    SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`;
  return rows.map(({ tablename }) => tablename);
}
