import assert from "node:assert/strict";
import { countedPool } from "./counted_pool.ts";
import { runPoolJob } from "./pool_job.ts";
import { settledHeap } from "./settled_heap.ts";

const threads = 2;
// the largest first, so that every size has been seen after one round
const sizes = [4000, 250, 1500, 60, 2500];
const warmUpJobs = 15;
const jobsTotal = 50;
/** What the least of ten jobs may hold more than the least of ten jobs 25 earlier. */
const growthMax = { heap: 1e6, threadHeaps: 1e6, rss: 24e6 };

interface Held {
  readonly heap: number;
  readonly threadHeaps: number;
  readonly rss: number;
  readonly instances: number;
  readonly memoryBytes: number;
}

Deno.test("S003-19 50 jobs of several sizes in one process leave memory, instances and threads as they were", async () => {
  await using pool = countedPool({ threads });
  const held: Held[] = [];
  for (let i = 0; i < jobsTotal; i++) {
    const { outcome } = await runPoolJob({ compute: pool.compute, bars: sizes[i % sizes.length] });
    assert.equal(outcome, "succeeded");
    const counts = await pool.counts();
    const sum = (of: (count: typeof counts[number]) => number) =>
      counts.reduce((total, count) => total + of(count), 0);
    held.push({
      heap: settledHeap(),
      threadHeaps: sum(({ heap }) => heap),
      rss: Deno.memoryUsage().rss,
      instances: sum(({ made }) => made),
      memoryBytes: sum(({ bytes }) => bytes),
    });
  }
  assert.equal(pool.workers, threads);
  assert.deepEqual(new Set(held.map(({ instances }) => instances)), new Set([threads]));
  assert.deepEqual(new Set(held.map(({ memoryBytes }) => memoryBytes)), new Set([held[0].memoryBytes]));

  const first = held.slice(warmUpJobs, warmUpJobs + 10);
  const last = held.slice(-10);
  for (const figure of ["heap", "threadHeaps", "rss"] as const) {
    const least = (jobs: readonly Held[]) => Math.min(...jobs.map((job) => job[figure]));
    const growth = least(last) - least(first);
    assert.ok(growth < growthMax[figure], `${figure} grew by ${growth} bytes over 25 jobs`);
  }
});
