import assert from "node:assert/strict";
import { canTransition, isActive, isTerminal, type JobState, jobStates } from "./job.ts";

Deno.test("S000-13 canTransition() allows what the state diagram shows and nothing else", () => {
  const allowed = jobStates.flatMap((from) =>
    jobStates.filter((to) => canTransition(from, to)).map((to) => `${from} -> ${to}`)
  );
  assert.deepEqual(allowed, [
    "queued -> running",
    "queued -> cancelled",
    "running -> queued",
    "running -> running",
    "running -> succeeded",
    "running -> failed",
    "running -> cancelled",
  ]);
});

Deno.test("a state is either terminal or counts against the quota", () => {
  const terminal: JobState[] = ["succeeded", "failed", "cancelled"];
  assert.deepEqual(jobStates.filter(isTerminal), terminal);
  assert.deepEqual(jobStates.filter(isActive), jobStates.filter((state) => !terminal.includes(state)));
});
