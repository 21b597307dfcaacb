import assert from "node:assert/strict";
import { manualClock } from "../memory/clock.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { testJobArchive } from "./job_archive_contract.ts";
import { testJobChanges } from "./job_changes_contract.ts";
import { testJobPruning } from "./job_pruning_contract.ts";
import { testJobQueue } from "./job_queue_contract.ts";
import { testJobRepository } from "./job_repository_contract.ts";
import { testJobResults } from "./job_results_contract.ts";
import { testJobRetries } from "./job_retry_contract.ts";
import { testOptimizations } from "./optimization_contract.ts";
import { testTaskQueue } from "./task_queue_contract.ts";
import { type JobStoresFactory, newJob } from "./job_stores.ts";

const memory: JobStoresFactory = {
  name: "memory",
  open() {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const stores = memoryJobs(clock);
    return Promise.resolve({
      ...stores,
      async expireLease(jobId) {
        const expiresAtMs = (await stores.jobs.get(jobId))?.leaseExpiresAtMs ?? 0;
        await clock.advance(Math.max(0, expiresAtMs - clock.nowMs()));
      },
      expireTask: ({ leaseExpiresAtMs }) =>
        clock.advance(Math.max(0, (leaseExpiresAtMs ?? 0) - clock.nowMs())),
      makeTaskDue: () => clock.advance(3_600_000),
      makeDue: () => clock.advance(3_600_000),
      tick: () => clock.advance(1),
      close: () => Promise.resolve(),
    });
  },
};

testJobRepository(memory);
testJobQueue(memory);
testJobChanges(memory);
testJobResults(memory);
testJobRetries(memory);
testJobArchive(memory);
testJobPruning(memory);
testOptimizations(memory);
testTaskQueue(memory);

Deno.test("memoryJobs() shares no object with its callers", async () => {
  const { jobs } = memoryJobs(manualClock(0));
  const requestJson = { nested: { value: 1 } };
  const created = await jobs.create(newJob(1, { requestJson }), { maxActive: 1 });
  requestJson.nested.value = 2;
  assert.deepEqual(created.requestJson, { nested: { value: 1 } });
  assert.ok(Object.isFrozen(created.requestJson.nested));
});
