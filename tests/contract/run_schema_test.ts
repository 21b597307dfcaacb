import assert from "node:assert/strict";
import { postgresRuns } from "../../src/adapters/postgres/runs.ts";
import { cancelReasons, phasesOf, runKinds, runStates } from "../../src/core/run/mod.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { brokenConstraint } from "./broken_constraint.ts";
import { decision, holder, loaded, newRun, runIdOf, unlimited } from "./run_stores.ts";

const server = embeddedPostgres();

/** Per constraint, assignments that turn a waiting run that has decided a step into a row it must refuse. */
const badRuns: readonly (readonly [string, string])[] = [
  ["backtest_runs_kind_chk", "kind = 'other'"],
  ["backtest_runs_state_chk", "state = 'queued'"],
  ["backtest_runs_hashes_sha256_chk", "request_hash = 'x'"],
  ["backtest_runs_hashes_sha256_chk", "candles_hash = upper(request_hash)"],
  ["backtest_runs_json_shape_chk", "request_json = '[]'"],
  ["backtest_runs_json_shape_chk", "metadata_json = 'null'"],
  ["backtest_runs_tag_chk", "session_tag = 'a b'"],
  ["backtest_runs_tag_chk", "workspace_id = ''"],
  ["backtest_runs_name_chk", "agent_name = ''"],
  ["backtest_runs_name_chk", "model_name = repeat('x', 101)"],
  ["backtest_runs_key_chk", "idempotency_key = ''"],
  ["backtest_runs_count_chk", "timeout_holds = -1"],
  ["backtest_runs_cancel_reason_chk", "cancel_reason = 'bored'"],
  ["backtest_runs_phase_chk", "phase = 'validating'"],
  ["backtest_runs_phase_chk", "phase = NULL"],
  ["backtest_runs_phase_chk", "state = 'cancelled'"],
  ["backtest_runs_phase_chk", "kind = 'scenario'"],
  ["backtest_runs_phase_chk", "kind = 'baseline'"],
  ["backtest_runs_workspace_chk", "workspace_id = 'w'"],
  ["backtest_runs_workspace_chk", "current = true"],
  ["backtest_runs_names_chk", "agent_name = NULL"],
  ["backtest_runs_idempotency_chk", "idempotency_key = 'k'"],
  ["backtest_runs_holder_chk", "owner_instance = 'p', heartbeat_at = now()"],
  ["backtest_runs_holder_chk", "phase = 'loading'"],
  ["backtest_runs_steps_chk", "step_index = 7"],
  ["backtest_runs_steps_chk", "timeout_holds = 2"],
  ["backtest_runs_opened_chk", "step_opened_at = NULL"],
  ["backtest_runs_opened_chk", "phase = 'loading'"],
  ["backtest_runs_loaded_chk", "candles_hash = NULL"],
  ["backtest_runs_loaded_chk", "candles_hash = NULL, slice_bars = NULL"],
  ["backtest_runs_result_chk", "result_json = '{}'"],
  ["backtest_runs_result_chk", "baselines_json = '{}'"],
  ["backtest_runs_cancelled_chk", "cancel_reason = 'requested'"],
  ["backtest_runs_failed_error_payload_chk", "last_error = 'x'"],
  ["backtest_runs_failed_error_payload_chk", "last_error_json = '{}'"],
  ["backtest_runs_finished_chk", "finished_at = now()"],
];

const badSteps: readonly (readonly [string, string])[] = [
  ["backtest_run_steps_side_chk", "side = 2"],
  ["backtest_run_steps_source_chk", "source = 'luck'"],
  ["backtest_run_steps_decision_chk", "source = 'timeout_hold'"],
  ["backtest_run_steps_decision_chk", "ack_text = NULL"],
];

const badRows = { backtest_runs: badRuns, backtest_run_steps: badSteps };

Deno.test("the constraints of runs refuse bad rows by name", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { runs, held, steps } = postgresRuns(sql);
    const runId = runIdOf(1);
    await runs.create(newRun(1), unlimited);
    await held.ready({ runId, holder }, loaded);
    const change = { holds: 0, decision: decision("k"), end: null };
    await steps.change({ runId }, () => Promise.resolve({ change, answer: null }));
    for (const [table, rows] of Object.entries(badRows)) {
      for (const [name, assignments] of rows) {
        assert.equal(await brokenConstraint(sql, { table, name, assignments }), name, assignments);
      }
    }
    const rows = await sql<{ readonly conname: string }[]>`
      SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname LIKE 'backtest\\_run%'`;
    const tested = new Set(Object.values(badRows).flat().map(([name]) => name));
    assert.deepEqual(rows.map(({ conname }) => conname).filter((name) => !tested.has(name)), []);
  });
});

Deno.test("S003-39 database and code know the same kinds, states, phases and reasons of runs", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const literals = async (name: string) => {
      const [row] = await sql<[{ definition: string }]>`
        SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = ${name}`;
      return [...row.definition.matchAll(/'([a-z_]+)'/g)].map(([, literal]) => literal);
    };
    assert.deepEqual(await literals("backtest_runs_kind_chk"), runKinds);
    assert.deepEqual(await literals("backtest_runs_state_chk"), runStates);
    assert.deepEqual(await literals("backtest_runs_cancel_reason_chk"), cancelReasons);
    const inPhases = await literals("backtest_runs_phase_chk");
    for (const phase of Object.values(phasesOf).flat()) assert.ok(inPhases.includes(phase), phase);
  });
});

Deno.test("S003-33 readers go on while a run is being ended", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { runs, held, steps } = postgresRuns(sql);
    const runId = runIdOf(1);
    await runs.create(newRun(1), unlimited);
    await held.ready({ runId, holder }, loaded);
    const end = { state: "cancelled", reason: "requested" } as const;
    const seen = await steps.change({ runId }, async () => ({
      // over another connection, while this one has the row locked
      answer: [
        (await runs.get(runId))?.state,
        (await runs.listForUser({ userId: newRun(1).userId, limit: 1 })).items[0]?.state,
      ],
      change: { holds: 0, decision: null, end },
    }));
    assert.deepEqual(seen, ["running", "running"]);
    assert.equal((await runs.get(runId))?.state, "cancelled");
  });
});
