import assert from "node:assert/strict";
import { type ProgressPoint, ProgressRate } from "./progress_rate.ts";

const at = (seconds: number, changes: Partial<ProgressPoint>): ProgressPoint => ({
  state: "running",
  stage: "stage_a",
  processedUnits: 0,
  totalUnits: 1000,
  progressUpdatedAtMs: seconds * 1000,
  ...changes,
});
const none = { ratePerSecond: null, etaSeconds: null };

Deno.test("next() gives units per second since the stage was first seen and the time left at that speed", () => {
  const rate = new ProgressRate();
  assert.deepEqual(rate.next(at(10, { processedUnits: 100 })), none);
  assert.deepEqual(rate.next(at(12, { processedUnits: 300 })), { ratePerSecond: 100, etaSeconds: 7 });
  assert.deepEqual(rate.next(at(20, { processedUnits: 1000 })), { ratePerSecond: 90, etaSeconds: 0 });
});

Deno.test("next() starts anew with a stage, a lost attempt and a job that waits", () => {
  const rate = new ProgressRate();
  rate.next(at(1, { processedUnits: 10 }));
  assert.deepEqual(rate.next(at(2, { stage: "stage_b", processedUnits: 20 })), none);
  assert.deepEqual(rate.next(at(3, { stage: "stage_b", processedUnits: 5 })), none);
  assert.deepEqual(rate.next(at(4, { stage: "stage_b", processedUnits: 6 })), {
    ratePerSecond: 1,
    etaSeconds: 994,
  });
  assert.deepEqual(rate.next(at(5, { state: "queued", stage: "stage_b" })), none);
  assert.deepEqual(rate.next(at(6, { stage: "stage_b", processedUnits: 7 })), none);
});

Deno.test("next() gives no pace without time or without progress", () => {
  const rate = new ProgressRate();
  rate.next(at(1, { processedUnits: 10 }));
  assert.deepEqual(rate.next(at(1, { processedUnits: 20 })), none);
  assert.deepEqual(rate.next(at(2, { processedUnits: 10 })), none);
  assert.deepEqual(new ProgressRate().next(at(0, { progressUpdatedAtMs: null })), none);
});
