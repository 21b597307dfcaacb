import assert from "node:assert/strict";
import { FileCandleSource } from "../../src/adapters/candles/file_candle_source.ts";
import type { Job } from "../../src/core/job/mod.ts";
import { optimizationStatus, scoreOf } from "../../src/core/optimization/mod.ts";
import { rowsHash } from "../pool/pool_job.ts";
import { type SharedWorld, sharedWorld } from "./shared_world.ts";

const explicit = (...values: readonly (number | string)[]) => ({ mode: "explicit", values });

/** The example of docs/api.md: eight averages over the S&P 500, two stops each. */
function request(windows: readonly number[], changes: Record<string, unknown> = {}) {
  return {
    time_range: { start: "2000-01-03T00:00:00Z", end: "2020-04-18T00:00:00Z" },
    template: {
      instrument_id: { market_id: 100, symbol: "SP500" },
      timeframe: "1d",
      indicator_grids: [{
        indicator_id: "ma.sma",
        params: { window: explicit(...windows) },
        source: explicit("close"),
      }],
      risk_grid: { sl_enabled: true, tp_enabled: false, sl: explicit(2, 8) },
      execution: { fee_pct: 0.02, slippage_pct: 0.01 },
    },
    top_k: 8,
    preselect: "all",
    ...changes,
  };
}

const allWindows = [20, 40, 60, 80, 100, 140, 180, 220];
const policy = (threshold: number) => ({
  early_stop_policy: { metric: "total_return_pct", threshold, mode: "max" },
});

const world = (): SharedWorld =>
  sharedWorld({
    candles: new FileCandleSource({
      path: new URL("../../docs/examples/sp500-daily.csv", import.meta.url),
      label: "sp500-daily.csv",
    }),
    taskVariants: 4,
  });

async function run(body: Record<string, unknown>, workers: number) {
  await using shared = world();
  const { jobId } = await shared.share(body);
  for (let i = 0; i < workers; i++) shared.startWorker(`W${i + 1}`);
  const job: Job = await shared.ended(jobId);
  const { optimization } = (await shared.optimizations.get(jobId))!;
  const tasks = (await shared.optimizations.listTasks({ jobId, limit: 100 })).items;
  const rows = await shared.rows(jobId);
  return { job, optimization, tasks, rows, status: optimizationStatus(job, optimization) };
}

Deno.test("S004-06 the worked example stops at seq 3, to the digit, for one worker and for three", async () => {
  for (const workers of [1, 3]) {
    const { status, optimization, rows, tasks } = await run(request(allWindows, policy(-20)), workers);
    assert.equal(status, "early-stopped");
    const third = tasks.find(({ seq }) => seq === 3)!;
    assert.deepEqual(optimization.stopReason, {
      kind: "early_stop_threshold",
      metric: "total_return_pct",
      mode: "max",
      threshold: -20,
      score: -10.311296965049365,
      task_id: third.taskId,
      seq: 3,
    });
    assert.deepEqual([optimization.tasksTotal, optimization.tasksFinished], [6, 4]);
    assert.deepEqual(
      optimization.topTasks.map((
        { seq, score, result_summary_id },
      ) => [seq, score, result_summary_id.slice(0, 12)]),
      [[3, -10.311296965049365, "066fb0717362"], [2, -59.724060104469444, "1e4407ea7b13"]],
    );
    assert.deepEqual(rows.map(({ variantIndex, totalReturnPct }) => [variantIndex, totalReturnPct]), [
      [6, -10.311296965049365],
      [7, -11.838575377693783],
      [4, -23.58764872390803],
      [5, -31.51546279704941],
      [3, -59.724060104469444],
      [1, -62.14981838636098],
      [0, -62.32011208824242],
      [2, -71.06063344149076],
    ]);
    // later tasks either ran before the stop or were stopped, and count for nothing
    for (const { seq, status } of tasks) {
      assert.ok(status === "succeeded" || (seq > 3 && status === "early-stopped"), `${seq} ${status}`);
    }
  }
});

Deno.test("an early stop leaves the rows of the sweep over what came before, to the last byte", async () => {
  const stopped = await run(request(allWindows, policy(-20)), 2);
  const shorter = await run(request([20, 40, 60, 80]), 1);
  assert.equal(shorter.status, "succeeded");
  assert.equal(rowsHash(stopped.rows), rowsHash(shorter.rows));
});

Deno.test("without a policy all six tasks finish, and the best is the last", async () => {
  const { status, optimization, rows, tasks } = await run(request(allWindows), 2);
  assert.equal(status, "succeeded");
  assert.deepEqual([optimization.tasksFinished, optimization.stopReason], [6, null]);
  assert.deepEqual(
    tasks.map(({ seq, stage, score, resultSummaryId }) => [seq, stage, score, resultSummaryId?.slice(0, 12)]),
    [
      [0, "stage_a", null, undefined],
      [1, "stage_a", null, undefined],
      [2, "stage_b", -59.724060104469444, "1e4407ea7b13"],
      [3, "stage_b", -10.311296965049365, "066fb0717362"],
      [4, "stage_b", -34.56424388585866, "6414d0d6f31b"],
      [5, "stage_b", 67.52424923350605, "f5b7a73d49d3"],
    ],
  );
  const [best] = rows;
  assert.deepEqual([best!.variantIndex, best!.totalReturnPct], [15, 67.52424923350605]);
  assert.equal(best!.variantKey, "f5b7a73d49d38092b6caa5b914de61a903c48ec5cdd5a627ee4e858ffd5a0a45");
  assert.deepEqual(optimization.topTasks.map(({ seq }) => seq), [5, 3, 4, 2]);
});

Deno.test("a threshold that is equalled stops, at the last task too; one just above it does not", async () => {
  const equal = await run(request(allWindows, policy(67.52424923350605)), 2);
  assert.deepEqual([equal.status, equal.optimization.stopReason?.seq], ["early-stopped", 5]);
  assert.equal(scoreOf(equal.optimization.stopReason!), 67.52424923350605);
  const above = await run(request(allWindows, policy(67.5242492335061)), 2);
  assert.deepEqual([above.status, above.optimization.stopReason], ["succeeded", null]);
});

Deno.test("best first is why early stop pays: with a shortlist the first task of stage B has the best base", async () => {
  const { optimization } = await run(request(allWindows, { preselect: 8, ...policy(-20) }), 2);
  assert.equal(optimization.stopReason?.seq, 2);
});
