import {
  changedRun,
  type DecisionUsage,
  noChange,
  type Run,
  type RunChange,
  type StepCodes,
} from "../../core/run/mod.ts";
import { checked } from "../../ports/checked.ts";
import { runStepsChecks } from "../../ports/run_checks.ts";
import type { KeyedStep, LockedRun, RunSteps } from "../../ports/run_steps.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { asJsonb } from "./fragments.ts";
import { runColumns, type RunRow, type StepRow, toRun, toStep } from "./run_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";

/** The steps of runs over a pool. */
export function postgresRunSteps(sql: Sql): RunSteps {
  return checked<RunSteps>(runStepsChecks, {
    async change(query, work) {
      return await withStorageErrors(
        `change run "${query.runId}"`,
        () =>
          inTransaction(sql, async (tx) => {
            const locked = await lock(tx, query);
            if (locked === null) return null;
            const { change, answer } = await work(locked);
            if (change !== noChange) await write(tx, { ...locked, change });
            return answer;
          }),
      );
    },
    async codes(runId) {
      return await withStorageErrors(
        `read the steps of run "${runId}"`,
        () => codesFrom(sql, { runId, from: 0 }),
      );
    },
    async list({ runId, from, limit }) {
      return await withStorageErrors(`read the steps of run "${runId}"`, async () => {
        const rows = await sql<StepRow[]>`
          SELECT step_index, side, source, idempotency_key, decision_json, context_ref, decided_at
          FROM backtest_run_steps
          WHERE run_id = ${runId}::uuid AND step_index >= ${from}::int
          ORDER BY step_index LIMIT ${limit}::int`;
        return rows.map(toStep);
      });
    },
  });
}

async function lock(
  tx: SqlContext,
  { runId, key }: { readonly runId: string; readonly key?: string },
): Promise<LockedRun | null> {
  // the clock is read once the row is ours: a deadline may have gone by while it was waited for
  const [row] = await tx<(RunRow & { readonly now_at: Date })[]>`
    WITH locked AS MATERIALIZED (
      SELECT ${tx.unsafe(runColumns)} FROM backtest_runs AS r WHERE r.run_id = ${runId}::uuid FOR UPDATE
    )
    SELECT locked.*, date_trunc('milliseconds', clock_timestamp()) AS now_at FROM locked`;
  if (!row) return null;
  const run = toRun(row);
  return {
    run,
    nowMs: row.now_at.getTime(),
    keyed: key === undefined ? null : await keyedStep(tx, { runId, key }),
    codes: ({ last } = { last: run.stepIndex }) =>
      codesFrom(tx, { runId, from: Math.max(0, run.stepIndex - last) }),
    usages: () => usages(tx, runId),
  };
}

async function keyedStep(
  tx: SqlContext,
  { runId, key }: { readonly runId: string; readonly key: string },
): Promise<KeyedStep | null> {
  const [row] = await tx<
    { readonly step_index: number; readonly body_hash: string; readonly ack_text: string }[]
  >`
    SELECT step_index, body_hash, ack_text FROM backtest_run_steps
    WHERE run_id = ${runId}::uuid AND idempotency_key = ${key}::text`;
  return row ? { stepIndex: row.step_index, bodyHash: row.body_hash, ackText: row.ack_text } : null;
}

async function codesFrom(
  sql: SqlContext,
  { runId, from }: { readonly runId: string; readonly from: number },
): Promise<StepCodes> {
  const [row] = await sql<[{ readonly codes: string }]>`
    SELECT COALESCE(string_agg(
      substr(CASE source WHEN 'agent' THEN 'SFL' ELSE 'sfl' END, side + 2, 1), '' ORDER BY step_index
    ), '') AS codes
    FROM backtest_run_steps WHERE run_id = ${runId}::uuid AND step_index >= ${from}::int`;
  return row.codes;
}

async function usages(tx: SqlContext, runId: string): Promise<readonly DecisionUsage[]> {
  const rows = await tx<{ readonly usage: DecisionUsage }[]>`
    SELECT decision_json->'usage' AS usage FROM backtest_run_steps
    WHERE run_id = ${runId}::uuid AND jsonb_typeof(decision_json->'usage') = 'object'
    ORDER BY step_index`;
  return rows.map(({ usage }) => usage);
}

interface Writing {
  readonly run: Run;
  readonly nowMs: number;
  readonly change: RunChange;
}

async function write(tx: SqlContext, { run, nowMs, change }: Writing): Promise<void> {
  const changed = changedRun(run, { ...change, nowMs });
  if (change.holds > 0) await insertHolds(tx, { run, holds: change.holds });
  if (change.decision !== null) await insertDecision(tx, { run, nowMs, change });
  const result = change.end?.state === "succeeded" ? change.end.result : null;
  const at = (ms: number | null) => ms === null ? null : new Date(ms);
  await tx`
    UPDATE backtest_runs AS r
    SET state = ${changed.state}::text, phase = ${changed.phase}::text,
        owner_instance = ${changed.ownerInstance}::text, heartbeat_at = ${
    at(changed.heartbeatAtMs)
  }::timestamptz,
        step_index = ${changed.stepIndex}::int, timeout_holds = ${changed.timeoutHolds}::int,
        step_opened_at = ${at(changed.stepOpenedAtMs)}::timestamptz,
        result_json = ${asJsonb(tx, result)},
        cancel_reason = ${changed.cancelReason}::text, last_error = ${changed.lastError}::text,
        last_error_json = ${asJsonb(tx, changed.lastErrorJson)},
        updated_at = ${at(changed.updatedAtMs)}::timestamptz, finished_at = ${
    at(changed.finishedAtMs)
  }::timestamptz
    WHERE r.run_id = ${run.runId}::uuid AND r.state = 'running'`;
}

async function insertHolds(
  tx: SqlContext,
  { run, holds }: { readonly run: Run; readonly holds: number },
): Promise<void> {
  const { runId, stepIndex } = run;
  await tx`
    INSERT INTO backtest_run_steps (run_id, step_index, side, source, decided_at)
    SELECT r.run_id, r.step_index + n,
      COALESCE((SELECT side FROM backtest_run_steps AS s WHERE s.run_id = r.run_id AND s.step_index = ${
    stepIndex - 1
  }::int), 0),
      'timeout_hold',
      r.step_opened_at + (n + 1) * make_interval(secs => (r.request_json->>'decision_timeout_seconds')::double precision)
    FROM backtest_runs AS r CROSS JOIN generate_series(0, ${holds - 1}::int) AS n
    WHERE r.run_id = ${runId}::uuid`;
}

async function insertDecision(tx: SqlContext, { run, nowMs, change }: Writing): Promise<void> {
  const { side, idempotencyKey, bodyHash, decisionJson, ackText, contextRef } = change.decision!;
  const atMs = Math.max(nowMs, run.updatedAtMs);
  await tx`
    INSERT INTO backtest_run_steps (
      run_id, step_index, side, source, idempotency_key, body_hash, decision_json, ack_text, context_ref, decided_at
    )
    SELECT ${run.runId}::uuid, ${run.stepIndex + change.holds}::int, ${side}::smallint, 'agent',
      ${idempotencyKey}::text, ${bodyHash}::text, ${
    asJsonb(tx, decisionJson)
  }, ${ackText}::text, ${contextRef}::text,
      ${new Date(atMs)}::timestamptz`;
}
