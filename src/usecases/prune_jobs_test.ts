import assert from "node:assert/strict";
import type { JobPruning, PruneBatch } from "../ports/job_pruning.ts";
import { pruneJobs } from "./prune_jobs.ts";

Deno.test("pruneJobs() lets each batch of a state begin where the one before came to", async () => {
  const batches: PruneBatch[] = [];
  const left = { succeeded: [30, 20, 0], failed: [10, 0], cancelled: [] as number[] };
  const pruning: JobPruning = {
    survey: () => Promise.reject(new Error("not needed")),
    deleteBatch(batch) {
      batches.push(batch);
      const deleted = left[batch.state].shift()!;
      return Promise.resolve({ deleted, lastEndedMs: deleted === 0 ? null : 1000 + deleted });
    },
  };
  const found = (["succeeded", "failed"] as const).map((state) => ({ state, jobs: 1, oldestMs: 1 }));
  const { signal } = new AbortController();
  const result = await pruneJobs(pruning, { survey: { endedBeforeMs: 2000, found }, stop: signal });
  assert.deepEqual(result, { deleted: 60, stopped: false });
  assert.deepEqual(batches.map(({ state, endedFromMs }) => [state, endedFromMs]), [
    ["succeeded", undefined],
    ["succeeded", 1030],
    ["succeeded", 1020],
    ["failed", undefined],
    ["failed", 1010],
  ]);
});
