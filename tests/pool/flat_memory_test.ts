import assert from "node:assert/strict";
import { runProgram } from "../helpers/program.ts";
import type { FlatMemoryRun, Held } from "./flat_memory_process.ts";

const threads = 2;
const warmUpJobs = 15;
const jobsTotal = 50;
/** What the least of ten jobs may hold more than the least of ten jobs 25 earlier. */
const growthMax = { heap: 1e6, threadHeaps: 1e6, rss: 24e6 };

Deno.test("S003-19 50 jobs of several sizes in one process leave memory, instances and threads as they were", async () => {
  const { code, stdout, stderr } = await runProgram([String(jobsTotal)], {
    script: "tests/pool/flat_memory_process.ts",
  });
  assert.equal(code, 0, stderr);
  const { workers, held } = JSON.parse(stdout) as FlatMemoryRun;
  assert.equal(held.length, jobsTotal);
  assert.equal(workers, threads);
  assert.deepEqual(new Set(held.map(({ instances }) => instances)), new Set([threads]));
  assert.deepEqual(new Set(held.map(({ memoryBytes }) => memoryBytes)), new Set([held[0]!.memoryBytes]));

  const first = held.slice(warmUpJobs, warmUpJobs + 10);
  const last = held.slice(-10);
  for (const figure of ["heap", "threadHeaps", "rss"] as const) {
    const least = (jobs: readonly Held[]) => Math.min(...jobs.map((job) => job[figure]));
    const growth = least(last) - least(first);
    assert.ok(growth < growthMax[figure], `${figure} grew by ${growth} bytes over 25 jobs`);
  }
});
