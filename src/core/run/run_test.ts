import assert from "node:assert/strict";
import { isTerminal } from "../job/mod.ts";
import { changedRun, endedRun } from "./run_change.ts";
import { isActiveRun, mayMove, phasesOf, type Run, runKinds, type RunPlace, runStates } from "./run.ts";

const phases = runKinds.flatMap((kind) => phasesOf[kind]);
const places: readonly RunPlace[] = [...phases, ...runStates.filter((state) => state !== "running")];

Deno.test("S003-12 mayMove() has these ways and no others", () => {
  const found = places.flatMap((from) =>
    places.filter((to) => mayMove(from, to)).map((to) => `${from} -> ${to}`)
  );
  assert.deepEqual(found.sort(), [
    "calculating -> cancelled",
    "calculating -> failed",
    "calculating -> succeeded",
    "fetching_prices -> calculating",
    "fetching_prices -> cancelled",
    "fetching_prices -> failed",
    "loading -> cancelled",
    "loading -> failed",
    "loading -> waiting_decision",
    "validating -> cancelled",
    "validating -> failed",
    "validating -> fetching_prices",
    "validating -> validating",
    "waiting_decision -> cancelled",
    "waiting_decision -> failed",
    "waiting_decision -> succeeded",
    "waiting_decision -> waiting_decision",
  ]);
});

Deno.test("S003-39 the states of runs are those of jobs without the queue, and end by the same table", () => {
  assert.deepEqual(runStates, ["running", "succeeded", "failed", "cancelled"]);
  assert.deepEqual(runStates.filter(isTerminal), runStates.slice(1));
});

Deno.test("isActiveRun() counts what an agent or a workspace has running", () => {
  const active = runKinds.filter((kind) => isActiveRun({ kind, state: "running" }));
  assert.deepEqual(active, ["interactive", "scenario"]);
  assert.ok(!runStates.slice(1).some((state) => isActiveRun({ kind: "interactive", state })));
});

const waiting = {
  runId: "r",
  kind: "interactive",
  state: "running",
  phase: "waiting_decision",
  requestJson: { decision_timeout_seconds: 60 },
  stepIndex: 1,
  totalSteps: 4,
  timeoutHolds: 0,
  stepOpenedAtMs: 1000,
  ownerInstance: null,
  updatedAtMs: 1000,
} as unknown as Run;
const decision = {
  side: 1,
  idempotencyKey: "k",
  bodyHash: "",
  decisionJson: {},
  ackText: "",
  contextRef: "",
} as const;

Deno.test("changedRun() opens the next step at the deadline that closed the last one, or at the decision", () => {
  const held = changedRun(waiting, { holds: 2, decision: null, end: null, nowMs: 150_000 });
  assert.equal(held.stepOpenedAtMs, 121_000);
  assert.deepEqual([held.stepIndex, held.timeoutHolds, held.updatedAtMs], [3, 2, 150_000]);
  const decided = changedRun(waiting, { holds: 1, decision, end: null, nowMs: 62_000 });
  assert.deepEqual([decided.stepIndex, decided.timeoutHolds, decided.stepOpenedAtMs], [3, 1, 62_000]);
});

Deno.test("changedRun() refuses more steps than there are, and steps of a run that does not wait", () => {
  const change = { holds: 3, decision, end: null, nowMs: 2000 };
  assert.throws(() => changedRun(waiting, change), { message: /Cannot close 4 steps of run "r"/ });
  const loading = { ...waiting, phase: "loading" } as Run;
  assert.throws(() => changedRun(loading, { ...change, decision: null, holds: 1 }), {
    message: /it is loading at step 1/,
  });
});

Deno.test("S003-12 endedRun() takes the hold and the phase off, and refuses a run that has ended", () => {
  const error = { code: "c", message: "m", details: {} };
  const failed = endedRun(waiting, { end: { state: "failed", error }, atMs: 500 });
  assert.deepEqual([failed.state, failed.phase, failed.stepOpenedAtMs, failed.lastError], [
    "failed",
    null,
    null,
    "m",
  ]);
  // a clock that was set back takes no time back
  assert.deepEqual([failed.updatedAtMs, failed.finishedAtMs], [1000, 1000]);
  const end = { state: "cancelled", reason: "requested" } as const;
  assert.throws(() => endedRun(failed, { end, atMs: 2000 }), { message: /failed does not go to cancelled/ });
});
