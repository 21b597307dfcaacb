/**
 * Runs jobs of several sizes one after another on one pool and prints what is held after each, as one JSON text. In a
 * process of its own: that of the tests also holds what the files beside this one hold.
 *
 * Usage: `deno run flat_memory_process.ts JOBS`
 */
import assert from "node:assert/strict";
import process from "node:process";
import { countedPool } from "./counted_pool.ts";
import type { InstanceCount } from "./count_instances.ts";
import { runPoolJob } from "./pool_job.ts";
import { settledHeap } from "./settled_heap.ts";

/** What the process holds after a job. */
export interface Held {
  readonly heap: number;
  readonly threadHeaps: number;
  readonly rss: number;
  readonly instances: number;
  readonly memoryBytes: number;
}

/** What the process of the pool with `threads` threads was seen to hold. */
export interface FlatMemoryRun {
  readonly workers: number;
  readonly held: readonly Held[];
}

const threads = 2;
// the largest first, so that every size has been seen after one round
const sizes = [4000, 250, 1500, 60, 2500];

if (import.meta.main) console.log(JSON.stringify(await runJobs(Number(process.argv[2]))));

async function runJobs(jobs: number): Promise<FlatMemoryRun> {
  await using pool = countedPool({ threads });
  const held: Held[] = [];
  for (let i = 0; i < jobs; i++) {
    const { outcome } = await runPoolJob({ compute: pool.compute, bars: sizes[i % sizes.length]! });
    assert.equal(outcome, "succeeded");
    const counts = await pool.counts();
    const sum = (of: (count: InstanceCount) => number) =>
      counts.reduce((total, count) => total + of(count), 0);
    held.push({
      heap: settledHeap(),
      threadHeaps: sum(({ heap }) => heap),
      rss: Deno.memoryUsage().rss,
      instances: sum(({ made }) => made),
      memoryBytes: sum(({ bytes }) => bytes),
    });
  }
  return { workers: pool.workers, held };
}
