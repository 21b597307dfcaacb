import assert from "node:assert/strict";
import type { JobStoresFactory } from "./job_stores.ts";
import { jobIdOf, newJob, runningJob, strangerId, testStores, topVariant, userId } from "./job_stores.ts";

const idempotency = { key: "key-1", bodyHash: "e".repeat(64) };

/** Registers what creations with a key and looks at many jobs must do. */
export function testJobChanges(factory: JobStoresFactory): void {
  testStores("create() with a key that was used gives the earlier job, also above the quota", {
    factory,
    async run({ jobs }) {
      const first = await jobs.create(newJob(1), { maxActive: 1, idempotency });
      assert.deepEqual(await jobs.create(newJob(2), { maxActive: 1, idempotency }), first);
      assert.equal(await jobs.get(jobIdOf(2)), null);
      assert.deepEqual(await jobs.findCreated({ ...idempotency, userId }), first);
      await assert.rejects(jobs.create(newJob(2), { maxActive: 1 }), { code: "validation_error" });
    },
  });

  testStores("create() with a key that was used keeps the first trace id", {
    factory,
    async run({ jobs }) {
      const [first, second] = ["a".repeat(32), "b".repeat(32)];
      await jobs.create(newJob(1), { maxActive: 1, idempotency, traceId: first });
      const again = await jobs.create(newJob(2), { maxActive: 1, idempotency, traceId: second });
      assert.deepEqual([again.jobId, again.traceId], [jobIdOf(1), first]);
      assert.equal((await jobs.get(jobIdOf(1)))?.traceId, first);
    },
  });

  testStores("create() with a used key and another body is a conflict, another user's key is not", {
    factory,
    async run({ jobs }) {
      await jobs.create(newJob(1), { maxActive: 9, idempotency });
      const other = { ...idempotency, bodyHash: "d".repeat(64) };
      await assert.rejects(jobs.create(newJob(2), { maxActive: 9, idempotency: other }), {
        code: "conflict",
      });
      await assert.rejects(jobs.findCreated({ ...other, userId }), { code: "conflict" });
      assert.equal(await jobs.findCreated({ ...idempotency, userId: strangerId }), null);
      const theirs = await jobs.create(newJob(3, { userId: strangerId }), {
        maxActive: 9,
        idempotency: other,
      });
      assert.equal(theirs.jobId, jobIdOf(3));
    },
  });

  testStores("look() shows state, progress and the best row of many jobs, and leaves unknown ones out", {
    factory,
    async run(stores) {
      const { lease } = await runningJob(stores);
      await stores.jobs.create(newJob(2), { maxActive: 9 });
      const look = () => stores.changes.look([1, 2, 3].map(jobIdOf));
      assert.deepEqual((await look()).map(({ jobId, best }) => [jobId, best]).sort(), [
        [jobIdOf(1), null],
        [jobIdOf(2), null],
      ]);
      await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 5, totalUnits: 9 });
      await stores.results.replaceTopVariants(lease, [topVariant(2), topVariant(1)]);
      const shown = (await look()).find(({ jobId }) => jobId === jobIdOf(1))!;
      const { variantKey, totalReturnPct, payload } = topVariant(1);
      assert.deepEqual(shown.best, { variantKey, totalReturnPct, payload, metrics: null });
      assert.deepEqual([shown.state, shown.stage, shown.processedUnits, shown.totalUnits], [
        "running",
        "stage_b",
        5,
        9,
      ]);
      const stored = (await stores.jobs.get(jobIdOf(1)))!;
      assert.equal(shown.updatedAtMs, stored.updatedAtMs);
      assert.equal(shown.progressUpdatedAtMs, stored.progressUpdatedAtMs);
    },
  });

  testStores("look() of nothing gives nothing, of what is no id or too many it refuses", {
    factory,
    async run({ changes }) {
      assert.deepEqual(await changes.look([]), []);
      await assert.rejects(changes.look(["1"]), TypeError);
      await assert.rejects(changes.look(Array.from({ length: 1001 }, (_, n) => jobIdOf(n))), TypeError);
    },
  });
}
