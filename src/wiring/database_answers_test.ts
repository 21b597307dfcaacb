import assert from "node:assert/strict";
import { manualClock } from "../adapters/memory/clock.ts";
import { memoryLog } from "../adapters/memory/log.ts";
import { databaseAnswers } from "./database_answers.ts";

Deno.test("databaseAnswers() is true when the statement comes back", async () => {
  const log = memoryLog();
  const jobs = { countActiveForUser: () => Promise.resolve(0) };
  assert.equal(await databaseAnswers(jobs, { clock: manualClock(), log }), true);
  assert.deepEqual(log.lines, []);
});

Deno.test("databaseAnswers() is false when the statement fails, and only the log says why", async () => {
  const log = memoryLog();
  const jobs = { countActiveForUser: () => Promise.reject(new Error("connection refused")) };
  assert.equal(await databaseAnswers(jobs, { clock: manualClock(), log }), false);
  assert.deepEqual(log.lines.map(({ event, fields }) => [event, fields.check, fields.error]), [
    ["readiness_check_failed", "database", "Error: connection refused"],
  ]);
});

Deno.test("databaseAnswers() does not wait for a statement that hangs", async () => {
  const clock = manualClock();
  const jobs = { countActiveForUser: () => new Promise<number>(() => {}) };
  const answer = databaseAnswers(jobs, { clock, log: memoryLog() });
  await clock.advance(1999);
  assert.equal(clock.sleepers, 1);
  await clock.advance(1);
  assert.equal(await answer, false);
});
