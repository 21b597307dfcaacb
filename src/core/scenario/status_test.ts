import assert from "node:assert/strict";
import { type WorkspaceRun, workspaceStages, workspaceStatus, workspaceStatuses } from "./status.ts";

const created: WorkspaceRun = {
  runId: "11111111-1111-4111-8111-111111111111",
  state: "running",
  phase: "validating",
  stepIndex: 0,
  symbol: "GLD",
  lastError: null,
  createdAtMs: Date.UTC(2026, 1, 22, 12),
  finishedAtMs: null,
};

const ended = { phase: null, finishedAtMs: Date.UTC(2026, 1, 22, 12, 0, 3) };

/** Every moment of a row, and what a page shows of it. */
const moments: readonly (readonly [Partial<WorkspaceRun>, readonly unknown[]])[] = [
  [{}, ["pending", "validating", "Validating inputs...", 0, ""]],
  [{ stepIndex: 1 }, ["running", "validating", "Validating inputs...", 10, "Validating inputs..."]],
  [{ phase: "fetching_prices", stepIndex: 2 }, [
    "running",
    "fetching_prices",
    "Fetching historical prices...",
    30,
    "Fetching prices for GLD...",
  ]],
  [{ phase: "calculating", stepIndex: 3 }, [
    "running",
    "calculating",
    "Running backtest calculations...",
    70,
    "Processing results...",
  ]],
  [{ ...ended, state: "succeeded", stepIndex: 3 }, [
    "complete",
    "complete",
    "Complete",
    100,
    "Backtest complete!",
  ]],
  [{ ...ended, state: "failed", stepIndex: 0, lastError: "x" }, ["failed", "failed", "Failed", 0, ""]],
  [{ ...ended, state: "failed", stepIndex: 2, lastError: "x" }, [
    "failed",
    "failed",
    "Failed",
    0,
    "Fetching prices for GLD...",
  ]],
];

Deno.test("S002-03 S002-04 S002-05 S002-06 S002-17 workspaceStatus() has status, stage, label, progress and message of every moment", () => {
  for (const [moment, shown] of moments) {
    const { status, stage, stage_label, progress, message } = workspaceStatus({ ...created, ...moment });
    assert.deepEqual([status, stage, stage_label, progress, message], shown);
  }
});

Deno.test("S002-02 workspaceStatus() maps states to words and back: no two moments of a run look alike, and every word is one's", () => {
  const seen = moments.map(([moment]) => workspaceStatus({ ...created, ...moment }));
  const words = new Map<string, Set<string>>();
  seen.forEach(({ status }, i) => {
    const { state, phase, stepIndex } = { ...created, ...moments[i]![0] };
    const row = state === "running" && (phase !== "validating" || stepIndex > 0) ? "begun" : state;
    words.set(status, (words.get(status) ?? new Set()).add(row));
  });
  assert.deepEqual([...words].map(([word, rows]) => [word, ...rows]), [
    ["pending", "running"],
    ["running", "begun"],
    ["complete", "succeeded"],
    ["failed", "failed"],
  ]);
  assert.deepEqual([...words.keys()], [...workspaceStatuses]);
  assert.deepEqual(new Set(seen.map(({ stage }) => stage)), new Set(workspaceStages));
  const shown = seen.map(({ stage, status, message }) => [stage, status, message].join());
  assert.equal(new Set(shown).size, shown.length);
});

Deno.test("S002-07 S002-08 workspaceStatus() of a new job has the ten members", () => {
  assert.deepEqual(workspaceStatus(created), {
    job_id: created.runId,
    status: "pending",
    stage: "validating",
    stage_label: "Validating inputs...",
    progress: 0,
    message: "",
    has_result: false,
    error: null,
    created_at: "2026-02-22T12:00:00.000Z",
    completed_at: null,
  });
});

Deno.test("S002-09 S002-10 S002-17 workspaceStatus() has a result when complete, an end when complete or failed, an error when failed", () => {
  const facts = moments.map(([moment]) => {
    const { status, has_result, completed_at, error } = workspaceStatus({ ...created, ...moment });
    return [status, has_result, completed_at, error];
  });
  for (const [status, hasResult, completedAt, error] of facts) {
    const isEnded = status === "complete" || status === "failed";
    assert.equal(hasResult, status === "complete");
    assert.equal(completedAt, isEnded ? "2026-02-22T12:00:03.000Z" : null);
    assert.equal(error, status === "failed" ? "x" : null);
  }
});

Deno.test("workspaceStatus() has no word for a run that was cancelled, or of another kind", () => {
  assert.throws(() => workspaceStatus({ ...created, ...ended, state: "cancelled" }), RangeError);
  assert.throws(() => workspaceStatus({ ...created, phase: "loading" }), RangeError);
});
