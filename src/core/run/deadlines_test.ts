import assert from "node:assert/strict";
import fc from "fast-check";
import { drainOf, elapsedDeadlines, isDue } from "./deadlines.ts";
import type { Run } from "./run.ts";

const waiting = {
  stepOpenedAtMs: 1000,
  stepIndex: 2,
  totalSteps: 6,
  requestJson: { decision_timeout_seconds: 60 },
};

Deno.test("elapsedDeadlines() counts a deadline from its very moment on", () => {
  const at = (nowMs: number) => elapsedDeadlines({ openedAtMs: 1000, nowMs, timeoutMs: 60_000 });
  assert.deepEqual([0, 1000, 60_999, 61_000, 120_999, 121_000].map(at), [0, 0, 0, 1, 1, 2]);
});

Deno.test("isDue() holds from the moment of the deadline on, and never for a run that waits for nobody", () => {
  const run = { ...waiting } as unknown as Run;
  assert.deepEqual([60_999, 61_000].map((nowMs) => isDue(run, nowMs)), [false, true]);
  assert.equal(isDue({ ...run, stepOpenedAtMs: null }, Infinity), false);
});

Deno.test("S003-10 drainOf() closes steps one after the other as if each deadline had been seen in time", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 29 }),
    fc.integer({ min: 0, max: 4_000_000 }),
    fc.integer({ min: 0, max: 19 }),
    (totalSteps, stepIndex, nowMs, holdsInRow) => {
      fc.pre(stepIndex < totalSteps);
      let expected: ReturnType<typeof drainOf> = { holds: 0, ends: null };
      let openedAtMs = 1000;
      while (nowMs >= openedAtMs + 60_000 && expected.ends === null) {
        openedAtMs += 60_000;
        const holds = expected.holds + 1;
        const over = stepIndex + holds === totalSteps;
        expected = { holds, ends: over ? "steps" : holdsInRow + holds === 20 ? "abandoned" : null };
      }
      const run = { ...waiting, stepIndex, totalSteps };
      assert.deepEqual(drainOf(run, { nowMs, holdsInRow }), expected);
    },
  ));
});

Deno.test("drainOf() does nothing to a run that does not wait", () => {
  const run = { ...waiting, stepOpenedAtMs: null };
  assert.deepEqual(drainOf(run, { nowMs: 1e15, holdsInRow: 0 }), { holds: 0, ends: null });
});
