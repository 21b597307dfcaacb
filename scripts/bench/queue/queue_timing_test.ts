import assert from "node:assert/strict";
import { bestOf, quantile } from "./queue_timing.ts";

Deno.test("quantile() answers the nearest rank, whatever the order", () => {
  const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.equal(quantile(samples, 0.5), 50);
  assert.equal(quantile(samples, 0.99), 99);
  assert.equal(quantile([7], 0.01), 7);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

Deno.test("bestOf() keeps every wake-up and the best throughput", () => {
  const versions = "Queue 1";
  const slow = { versions, wakeupMs: [1, 9], jobsPerSecond: 10, otherJobsPerSecond: { batches: 50 } };
  const fast = { versions, wakeupMs: [2], jobsPerSecond: 20, otherJobsPerSecond: {} };
  assert.deepEqual(bestOf([slow, fast]), {
    versions,
    wakeupMs: [1, 9, 2],
    jobsPerSecond: 20,
    otherJobsPerSecond: { batches: 50 },
  });
  assert.throws(() => bestOf([]), /no timing/);
});
