import type { RunKind } from "../../core/run/mod.ts";
import { checked } from "../../ports/checked.ts";
import { runSweepsChecks } from "../../ports/run_checks.ts";
import type { FinishedBaseline, RunSweeps } from "../../ports/run_sweeps.ts";
import type { Sql } from "./connect.ts";
import { asJsonb, moment } from "./fragments.ts";
import { runColumns, type RunRow, toRun } from "./run_row.ts";
import { withStorageErrors } from "./storage_error.ts";

/** What is looked after in all runs together, over a pool. */
export function postgresRunSweeps(sql: Sql): RunSweeps {
  return checked(runSweepsChecks, {
    async listDue({ limit, userId }) {
      return await withStorageErrors("look for runs that are due", async () => {
        const rows = await sql<{ readonly run_id: string }[]>`
          SELECT r.run_id FROM backtest_runs AS r
          WHERE r.phase = 'waiting_decision'
            AND r.step_opened_at <= date_trunc('milliseconds', clock_timestamp())
              - make_interval(secs => (r.request_json->>'decision_timeout_seconds')::double precision)
            ${userId === undefined ? sql`` : sql`AND r.user_id = ${userId}::uuid`}
          ORDER BY r.step_opened_at LIMIT ${limit}::int`;
        return rows.map(({ run_id }) => run_id);
      });
    },
    async failStale({ seconds, error }) {
      return await withStorageErrors("fail stale runs", async () => {
        const rows = await sql<RunRow[]>`
          UPDATE backtest_runs AS r
          SET state = 'failed', phase = NULL, owner_instance = NULL, heartbeat_at = NULL,
              last_error = ${error.message}::text, last_error_json = ${asJsonb(sql, error)},
              updated_at = GREATEST(now.at, r.updated_at), finished_at = GREATEST(now.at, r.updated_at)
          FROM ${moment(sql)} AS now
          WHERE r.state = 'running' AND r.owner_instance IS NOT NULL
            AND r.heartbeat_at <= now.at - make_interval(secs => ${seconds}::double precision)
          RETURNING ${sql.unsafe(runColumns)}`;
        return rows.map(toRun);
      });
    },
    async saveBaseline(baseline) {
      await withStorageErrors(`save baseline "${baseline.run.runId}"`, () => saveBaseline(sql, baseline));
    },
    async setBaselines(runId, baselines) {
      return await withStorageErrors(`write the baselines of run "${runId}"`, async () => {
        const [row] = await sql<RunRow[]>`
          UPDATE backtest_runs AS r SET baselines_json = ${asJsonb(sql, baselines)}
          WHERE r.run_id = ${runId}::uuid AND r.state = 'succeeded' AND r.baselines_json IS NULL
          RETURNING ${sql.unsafe(runColumns)}`;
        return row ? toRun(row) : null;
      });
    },
    async listWithoutBaselines({ seconds, limit }) {
      return await withStorageErrors("look for runs without baselines", async () => {
        const rows = await sql<{ readonly run_id: string }[]>`
          SELECT r.run_id FROM backtest_runs AS r
          WHERE r.state = 'succeeded' AND r.kind = 'interactive' AND r.baselines_json IS NULL
            AND r.finished_at > clock_timestamp() - make_interval(secs => ${seconds}::double precision)
          ORDER BY r.finished_at DESC LIMIT ${limit}::int`;
        return rows.map(({ run_id }) => run_id);
      });
    },
    async countRunning() {
      return await withStorageErrors("count runs", async () => {
        const rows = await sql<{ readonly kind: RunKind; readonly running: number }[]>`
          SELECT kind, count(*)::int AS running FROM backtest_runs WHERE state = 'running' GROUP BY kind`;
        return Object.fromEntries(rows.map(({ kind, running }) => [kind, running]));
      });
    },
    async prune({ olderThanMs, limit }) {
      return await withStorageErrors("delete old runs", async () => {
        const { count } = await sql`
          DELETE FROM backtest_runs WHERE run_id IN (
            SELECT r.run_id FROM backtest_runs AS r
            WHERE r.finished_at < clock_timestamp() - ${olderThanMs}::double precision * interval '1 millisecond'
              AND (r.kind <> 'baseline' OR NOT EXISTS (
                SELECT FROM backtest_runs AS o
                WHERE o.user_id = r.user_id AND o.baselines_json IS NOT NULL
                  AND r.run_id::text IN (SELECT value FROM jsonb_each_text(o.baselines_json))
              ))
            ORDER BY r.finished_at, r.run_id LIMIT ${limit}::int
          )`;
        return count;
      });
    },
  });
}

async function saveBaseline(sql: Sql, baseline: FinishedBaseline): Promise<void> {
  const { run, totalSteps, sliceBars, candlesHash, loadedJson, result } = baseline;
  await sql`
    INSERT INTO backtest_runs (
      run_id, user_id, kind, state, request_json, request_hash, metadata_json, agent_name, model_name, step_index,
      total_steps, slice_bars, candles_hash, loaded_json, result_json, created_at, updated_at, finished_at
    )
    SELECT ${run.runId}::uuid, ${run.userId}::uuid, 'baseline', 'succeeded', ${asJsonb(sql, run.requestJson)},
      ${run.requestHash}::text, ${asJsonb(sql, run.metadata)}, ${run.agentName}::text, ${run.modelName}::text,
      ${totalSteps}::int, ${totalSteps}::int, ${sliceBars}::int, ${candlesHash}::text,
      ${asJsonb(sql, loadedJson)}, ${asJsonb(sql, result)},
      now.at, now.at, now.at
    FROM ${moment(sql)} AS now
    ON CONFLICT (run_id) DO NOTHING`;
}
