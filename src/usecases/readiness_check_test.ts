import assert from "node:assert/strict";
import { manualClock } from "../../tests/memory/clock.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { passes } from "./readiness_check.ts";

Deno.test("passes() is true when the check is fulfilled, and leaves no timer behind", async () => {
  const [clock, log] = [manualClock(), memoryLog()];
  assert.equal(await passes({ name: "database", check: () => Promise.resolve() }, { clock, log }), true);
  assert.deepEqual([log.lines, clock.sleepers], [[], 0]);
});

Deno.test("passes() is false when the check fails, and only the log says why, without a password", async () => {
  const log = memoryLog();
  const check = () => Promise.reject(new Error("cannot reach postgres://bob:hunter2@db/jobs"));
  assert.equal(await passes({ name: "database", check }, { clock: manualClock(), log }), false);
  assert.deepEqual(log.lines.map(({ event, fields }) => [event, fields.check]), [
    ["readiness_check_failed", "database"],
  ]);
  assert.match(String(log.lines[0]!.fields.error), /^Error: cannot reach (?!.*hunter2)/);
});

Deno.test("passes() does not wait for a check that hangs", async () => {
  const clock = manualClock();
  const check = () => new Promise<void>(() => {});
  const answer = passes({ name: "compute", check }, { clock, log: memoryLog() });
  await clock.advance(1999);
  assert.equal(clock.sleepers, 1);
  await clock.advance(1);
  assert.equal(await answer, false);
});
