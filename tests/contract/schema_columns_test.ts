import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/adapters/postgres/connect.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";

const server = embeddedPostgres();

/** Columns that anyone who reads the tables may count on: type, `null` where a row may have none, and the default. */
const promised: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  backtest_jobs: {
    job_id: "uuid",
    user_id: "uuid",
    mode: "text",
    state: "text",
    stage: "text",
    created_at: "timestamptz",
    updated_at: "timestamptz",
    started_at: "timestamptz null",
    finished_at: "timestamptz null",
    cancel_requested_at: "timestamptz null",
    request_json: "jsonb",
    request_hash: "text",
    spec_hash: "text null",
    spec_payload_json: "jsonb null",
    engine_params_hash: "text",
    backtest_runtime_config_hash: "text",
    processed_units: "int4 default 0",
    total_units: "int4 default 0",
    progress_updated_at: "timestamptz null",
    locked_by: "text null",
    locked_at: "timestamptz null",
    lease_expires_at: "timestamptz null",
    heartbeat_at: "timestamptz null",
    attempt: "int4 default 0",
    last_error: "text null",
    last_error_json: "jsonb null",
    data_json: "jsonb null",
    warnings_json: "jsonb null",
  },
  backtest_job_top_variants: {
    job_id: "uuid",
    rank: "int4",
    variant_key: "text",
    indicator_variant_key: "text",
    variant_index: "int4",
    total_return_pct: "float8",
    payload_json: "jsonb",
    report_table_md: "text null",
    trades_json: "jsonb null",
    metrics_json: "jsonb null",
    same_as_json: "jsonb null",
    updated_at: "timestamptz",
  },
  backtest_runs: {
    run_id: "uuid",
    user_id: "uuid",
    kind: "text",
    state: "text",
    phase: "text null",
    workspace_id: "text null",
    current: "bool null",
    request_json: "jsonb",
    request_hash: "text",
    metadata_json: "jsonb",
    agent_name: "text null",
    model_name: "text null",
    session_tag: "text null",
    listed: "bool default false",
    owner_instance: "text null",
    heartbeat_at: "timestamptz null",
    step_index: "int4 default 0",
    total_steps: "int4 default 0",
    timeout_holds: "int4 default 0",
    step_opened_at: "timestamptz null",
    candles_hash: "text null",
    result_json: "jsonb null",
    baselines_json: "jsonb null",
    cancel_reason: "text null",
    last_error: "text null",
    last_error_json: "jsonb null",
    created_at: "timestamptz",
    updated_at: "timestamptz",
    finished_at: "timestamptz null",
  },
  backtest_run_steps: {
    run_id: "uuid",
    step_index: "int4",
    side: "int2",
    source: "text",
    idempotency_key: "text null",
    body_hash: "text null",
    decision_json: "jsonb null",
    ack_text: "text null",
    context_ref: "text null",
    decided_at: "timestamptz",
  },
  backtest_job_stage_a_shortlist: {
    job_id: "uuid",
    stage_a_indexes_json: "jsonb",
    stage_a_variants_total: "int4",
    risk_total: "int4",
    preselect_used: "int4",
    updated_at: "timestamptz",
  },
  optimization_jobs: {
    job_id: "uuid",
    concurrency_limit: "int4",
    early_stop_json: "jsonb null",
    top_n: "int4",
    task_variants: "int4",
    tasks_max: "int4",
    module_hash: "text null",
    tasks_total: "int4",
    tasks_finished: "int4 default 0",
    top_tasks_json: "jsonb default '[]'::jsonb",
    stop_reason_json: "jsonb null",
    candles_hash: "text null",
  },
  optimization_tasks: {
    task_id: "uuid",
    job_id: "uuid",
    seq: "int4",
    stage: "text",
    status: "text",
    from_unit: "int4",
    to_unit: "int4",
    keep: "int4",
    floor: "float8 null",
    params_json: "jsonb",
    result: "bytea null",
    score: "float8 null",
    result_summary_id: "text null",
    progress: "float8 default 0",
    retries: "int4 default 0",
    attempt: "int4 default 0",
    not_before: "timestamptz null",
    worker: "text null",
    locked_by: "text null",
    locked_at: "timestamptz null",
    lease_expires_at: "timestamptz null",
    heartbeat_at: "timestamptz null",
    last_error: "text null",
    last_error_json: "jsonb null",
    created_at: "timestamptz",
    started_at: "timestamptz null",
    finished_at: "timestamptz null",
  },
};

Deno.test("S000-09 the three tables of an empty database have the promised columns, and jobs take their rows along", async () => {
  const sql = connect(await server.createDatabase(), { connectionsMax: 1 });
  try {
    await migrate(sql);
    for (const [table, columns] of Object.entries(promised)) {
      // a domain counts as the type it is made of
      const found = await sql<{ name: string; type: string; nullable: boolean; value: string | null }[]>`
        SELECT column_name AS name, udt_name AS type, is_nullable = 'YES' AS nullable, column_default AS value
        FROM information_schema.columns WHERE table_name = ${table}`;
      const described = new Map(
        found.map(({ name, type, nullable, value }) =>
          [name, `${type}${nullable ? " null" : ""}${value === null ? "" : ` default ${value}`}`] as const
        ),
      );
      for (const [name, expected] of Object.entries(columns)) {
        assert.equal(described.get(name), expected, `${table}.${name}`);
      }
    }
    const cascades = await sql<{ child: string }[]>`
      SELECT conrelid::regclass::text AS child FROM pg_constraint
      WHERE contype = 'f' AND confrelid = 'backtest_jobs'::regclass AND confdeltype = 'c' ORDER BY 1`;
    assert.deepEqual(cascades.map(({ child }) => child), [
      "backtest_job_planes",
      "backtest_job_stage_a_shortlist",
      "backtest_job_top_variants",
      "optimization_jobs",
    ]);
  } finally {
    await disconnect(sql);
  }
});
