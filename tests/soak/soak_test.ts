import assert from "node:assert/strict";
import { soak } from "./soak.ts";

Deno.test("S004-19 soak() finds nothing wrong with 60 jobs, 3 workers and random kills", async () => {
  const end = await soak({ jobs: 60, workers: 3, seed: 1, killEveryMs: 1500, timeoutMs: 60_000 });
  assert.deepEqual(end.problems, []);
  assert.ok(end.kills > 0, "nobody was killed");
  assert.ok(end.queueWait.averageSeconds <= 30 && end.queueWait.p95Seconds <= 120);
});
