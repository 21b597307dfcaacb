import { endedRun, mayMove, phasesBegun, placeOf, type Run } from "../../core/run/mod.ts";
import { checked } from "../../ports/checked.ts";
import type { HeldRuns, Hold } from "../../ports/held_runs.ts";
import { heldRunsChecks } from "../../ports/run_checks.ts";
import type { Sql, SqlContext } from "./connect.ts";
import { asJsonb, asTexts, moment } from "./fragments.ts";
import { runColumns, type RunRow, toRun } from "./run_row.ts";
import { withStorageErrors } from "./storage_error.ts";
import { inTransaction } from "./transaction.ts";

/** What the process that works on a run does to it, over a pool. */
export function postgresHeldRuns(sql: Sql): HeldRuns {
  return checked(heldRunsChecks, {
    async heartbeat(holder, runIds) {
      if (runIds.length === 0) return [];
      return await withStorageErrors(`confirm ${runIds.length} runs`, async () => {
        const rows = await sql<{ readonly run_id: string }[]>`
          UPDATE backtest_runs AS r SET heartbeat_at = GREATEST(now.at, r.heartbeat_at)
          FROM ${moment(sql)} AS now
          WHERE r.run_id = ANY (${asTexts(sql, runIds)}::uuid[]) AND r.state = 'running'
            AND r.owner_instance = ${holder}::text
          RETURNING r.run_id`;
        return rows.map(({ run_id }) => run_id);
      });
    },
    advance: (hold, phase) =>
      held(sql, hold, async (tx, run) => {
        if (!mayMove(placeOf(run), phase)) {
          throw new Error(`Cannot advance run "${run.runId}": ${placeOf(run)} does not go to ${phase}`);
        }
        return await written(
          tx<RunRow[]>`UPDATE backtest_runs AS r
            SET phase = ${phase}::text, step_index = ${phasesBegun(run.kind, phase)}::int,
                heartbeat_at = now.at, updated_at = GREATEST(now.at, r.updated_at)
            FROM ${moment(tx)} AS now WHERE r.run_id = ${run.runId}::uuid
            RETURNING ${tx.unsafe(runColumns)}`,
        );
      }),
    ready: (hold, { totalSteps, sliceBars, candlesHash, loadedJson }) =>
      held(sql, hold, async (tx, run) =>
        await written(
          tx<RunRow[]>`UPDATE backtest_runs AS r
            SET phase = 'waiting_decision', owner_instance = NULL, heartbeat_at = NULL,
                total_steps = ${totalSteps}::int, slice_bars = ${sliceBars}::int, candles_hash = ${candlesHash}::text,
                loaded_json = ${asJsonb(tx, loadedJson)},
                step_opened_at = GREATEST(now.at, r.updated_at), updated_at = GREATEST(now.at, r.updated_at)
            FROM ${moment(tx)} AS now WHERE r.run_id = ${run.runId}::uuid AND r.phase = 'loading'
            RETURNING ${tx.unsafe(runColumns)}`,
        )),
    end: (hold, end) =>
      held(sql, hold, async (tx, run) => {
        // refuses an end that the run may not have
        const ended = endedRun(run, { end, atMs: run.updatedAtMs });
        const result = end.state === "succeeded" ? end.result : null;
        return await written(
          tx<RunRow[]>`UPDATE backtest_runs AS r
            SET state = ${ended.state}::text, phase = NULL, owner_instance = NULL, heartbeat_at = NULL,
                result_json = ${asJsonb(tx, result)}, cancel_reason = ${ended.cancelReason}::text,
                last_error = ${ended.lastError}::text,
                last_error_json = ${asJsonb(tx, ended.lastErrorJson)},
                updated_at = GREATEST(now.at, r.updated_at), finished_at = GREATEST(now.at, r.updated_at)
            FROM ${moment(tx)} AS now WHERE r.run_id = ${run.runId}::uuid
            RETURNING ${tx.unsafe(runColumns)}`,
        );
      }),
  });
}

/** Does `work` with a run while it is ours; null when it is not. */
async function held(
  sql: Sql,
  { runId, holder }: Hold,
  work: (tx: SqlContext, run: Run) => Promise<Run | null>,
): Promise<Run | null> {
  return await withStorageErrors(`write run "${runId}"`, () =>
    inTransaction(sql, async (tx) => {
      const [row] = await tx<RunRow[]>`
        SELECT ${tx.unsafe(runColumns)} FROM backtest_runs AS r
        WHERE r.run_id = ${runId}::uuid AND r.state = 'running' AND r.owner_instance = ${holder}::text FOR UPDATE`;
      return row ? await work(tx, toRun(row)) : null;
    }));
}

async function written(statement: PromiseLike<readonly RunRow[]>): Promise<Run | null> {
  const [row] = await statement;
  return row ? toRun(row) : null;
}
