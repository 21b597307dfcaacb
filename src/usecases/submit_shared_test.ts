import assert from "node:assert/strict";
import { testConfig } from "../../tests/helpers/config.ts";
import { requestBody, userId } from "../../tests/helpers/worker_harness.ts";
import { manualClock } from "../../tests/memory/clock.ts";
import { memoryJobs } from "../../tests/memory/jobs.ts";
import { parseRequest } from "../request/parse.ts";
import type { SentSharing } from "../request/optimization.ts";
import { submitJob } from "./submit_job.ts";

interface Submission {
  readonly parallelWorkers?: number;
  readonly taskVariants?: number;
  readonly sharing?: SentSharing;
  readonly changes?: Record<string, unknown>;
}

/** The companion of a job that was submitted so; null for none. */
async function companion({ parallelWorkers = 1, taskVariants = 4, sharing, changes = {} }: Submission) {
  const { jobs, optimizations } = memoryJobs(manualClock());
  const config = testConfig();
  const { jobId } = await submitJob({
    parsed: parseRequest(requestBody(changes)),
    userId,
    ...(sharing === undefined ? {} : { sharing }),
  }, {
    jobs,
    config: {
      ...config,
      jobs: { ...config.jobs, parallel_workers: parallelWorkers },
      optimizations: { ...config.optimizations, task_variants: taskVariants },
    },
    defaults: {},
    newId: () => crypto.randomUUID(),
  });
  return (await optimizations.get(jobId))?.optimization ?? null;
}

Deno.test("a plain job is shared only where the config has more than one parallel worker, and it has tasks to share", async () => {
  assert.equal(await companion({}), null);
  const shared = (await companion({ parallelWorkers: 3 }))!;
  // 6 base variants, of which 4 are expanded by 4 cells
  assert.deepEqual([shared.concurrencyLimit, shared.tasksTotal, shared.earlyStop], [3, 6, null]);
  assert.equal(await companion({ parallelWorkers: 3, taskVariants: 1000 }), null, "one task a stage");
  assert.equal(await companion({ parallelWorkers: 3, changes: { fold_equal: true } }), null);
});

Deno.test("an optimization is one however few tasks it has, and is not touched by what plain jobs do", async () => {
  const asked = (await companion({ sharing: {}, taskVariants: 1000, parallelWorkers: 9 }))!;
  assert.deepEqual([asked.concurrencyLimit, asked.tasksTotal, asked.taskVariants], [2, 2, 1000]);
});
