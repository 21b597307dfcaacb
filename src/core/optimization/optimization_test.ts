import assert from "node:assert/strict";
import { jobStates } from "../job/mod.ts";
import {
  optimizationStatus,
  optimizationStatuses,
  scoreOf,
  shownScore,
  type StopReason,
} from "./optimization.ts";
import { requireNewOptimization, requireTaskProgress, requireTaskResult } from "./optimization_arguments.ts";
import { hasTaskRetryLeft, isOpenTask } from "./task.ts";

const stopReason: StopReason = {
  kind: "early_stop_threshold",
  metric: "total_return_pct",
  mode: "max",
  threshold: 1,
  score: 2,
  task_id: "t",
  seq: 3,
};

Deno.test("S004-05 an optimisation has the states of its job, and early-stopped when it succeeded with a reason", () => {
  const plain = jobStates.map((state) => optimizationStatus({ state }, { stopReason: null }));
  assert.deepEqual(plain, [...jobStates]);
  const stopped = jobStates.map((state) => optimizationStatus({ state }, { stopReason }));
  assert.deepEqual(stopped, ["queued", "running", "early-stopped", "failed", "cancelled"]);
  assert.deepEqual(new Set([...plain, ...stopped]), new Set(optimizationStatuses));
});

Deno.test("shownScore() and scoreOf(): what JSON cannot hold comes back", () => {
  for (const score of [null, 0, -3.5, Infinity]) {
    assert.equal(scoreOf(JSON.parse(JSON.stringify(shownScore(score)))), score);
  }
  assert.deepEqual(shownScore(Infinity), { score: null, score_infinite: true });
});

Deno.test("isOpenTask() and hasTaskRetryLeft() say what is still to be done", () => {
  assert.deepEqual(optimizationStatuses.filter((status) => isOpenTask({ status })), ["queued", "running"]);
  assert.deepEqual([0, 4, 5].map((retries) => hasTaskRetryLeft({ retries }, 5)), [true, true, false]);
});

Deno.test("arguments that no store takes are refused", () => {
  const optimization = {
    concurrencyLimit: 2,
    earlyStop: null,
    topN: 5,
    taskVariants: 4,
    tasksMax: 10,
    tasksTotal: 6,
  };
  requireNewOptimization(optimization);
  for (const name of ["concurrencyLimit", "topN", "taskVariants", "tasksMax", "tasksTotal"]) {
    assert.throws(() => requireNewOptimization({ ...optimization, [name]: 0 }), TypeError);
  }
  assert.throws(() => requireNewOptimization({ ...optimization, concurrencyLimit: 65 }), /from 1 to 64/);
  for (const progress of [-0.1, 1.1, NaN]) assert.throws(() => requireTaskProgress(progress), TypeError);
  const result = {
    result: new Uint8Array(),
    score: null,
    resultSummaryId: null,
    top: null,
    direction: "max",
  } as const;
  requireTaskResult(result);
  requireTaskResult({ ...result, score: Infinity });
  for (const score of [NaN, -Infinity]) {
    assert.throws(() => requireTaskResult({ ...result, score }), TypeError);
  }
});
