import assert from "node:assert/strict";
import {
  createJobs,
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  newJob,
  reportedVariant,
  strangerId,
  testStores,
  userId,
} from "./job_stores.ts";

type Test = (name: string, run: (stores: JobStores) => Promise<void>) => void;

const ended = ["succeeded", "failed", "cancelled"] as const;
const error = { code: "backtest_job_runner_failed", message: "no candle", details: {} };

/** Registers what every `JobPruning` must do. */
export function testJobPruning(factory: JobStoresFactory): void {
  const test: Test = (name, run) => testStores(name, { factory, run });

  test("pruning.survey() counts ended jobs by state, and only those that are old enough", async (stores) => {
    assert.deepEqual((await stores.pruning.survey({ olderThanMs: 1, states: ended })).found, []);
    const [first] = await mixedJobs(stores);
    await passed(stores);
    const { found, endedBeforeMs } = await stores.pruning.survey({ olderThanMs: 1, states: ended });
    assert.deepEqual(found.map(({ state, jobs }) => [state, jobs]), [
      ["succeeded", 1],
      ["failed", 1],
      ["cancelled", 2],
    ]);
    assert.ok(found.every(({ oldestMs }) => oldestMs >= first!.createdAtMs && oldestMs < endedBeforeMs));
    const some = await stores.pruning.survey({ olderThanMs: 1, states: ["cancelled"], userId });
    assert.deepEqual(some.found.map(({ state, jobs }) => [state, jobs]), [["cancelled", 1]]);
    assert.deepEqual((await stores.pruning.survey({ olderThanMs: 3_600_000, states: ended })).found, []);
  });

  test("pruning.deleteBatch() deletes a bounded number, oldest first, with all their rows", async (stores) => {
    await createJobs(stores, 3);
    for (let n = 1; n <= 3; n++) await stores.jobs.cancel({ jobId: jobIdOf(n), userId });
    const batch = { state: "cancelled", endedBeforeMs: await later(stores), limit: 2 } as const;
    const first = await stores.pruning.deleteBatch(batch);
    assert.equal(first.deleted, 2);
    const left = await stores.jobs.listForUser({ userId, limit: 9 });
    assert.deepEqual(left.items.map(({ jobId }) => jobId), [jobIdOf(3)]);
    const second = await stores.pruning.deleteBatch({ ...batch, endedFromMs: first.lastEndedMs! });
    assert.equal(second.deleted, 1);
    assert.ok(second.lastEndedMs! >= first.lastEndedMs!);
    assert.deepEqual(await stores.pruning.deleteBatch(batch), { deleted: 0, lastEndedMs: null });
  });

  test("pruning.deleteBatch() goes by the end of jobs, from where it is told to, not by their creation", async (stores) => {
    await createJobs(stores, 3);
    const ends: number[] = [];
    for (const n of [3, 1, 2]) {
      await passed(stores);
      ends.push((await stores.jobs.cancel({ jobId: jobIdOf(n), userId }))!.finishedAtMs!);
    }
    const batch = { state: "cancelled", endedBeforeMs: await later(stores), limit: 1 } as const;
    assert.deepEqual(await stores.pruning.deleteBatch(batch), { deleted: 1, lastEndedMs: ends[0] });
    const left = async () =>
      (await stores.jobs.listForUser({ userId, limit: 9 })).items.map(({ jobId }) => jobId);
    assert.deepEqual(await left(), [jobIdOf(2), jobIdOf(1)]);
    const passedOver = { ...batch, endedFromMs: ends[1]! + 1 };
    assert.deepEqual(await stores.pruning.deleteBatch(passedOver), { deleted: 1, lastEndedMs: ends[2] });
    assert.deepEqual(await left(), [jobIdOf(1)]);
    assert.equal((await stores.pruning.deleteBatch(passedOver)).deleted, 0);
  });

  test("pruning.deleteBatch() leaves queued, running, young and other people's jobs alone", async (stores) => {
    await mixedJobs(stores);
    const endedBeforeMs = await later(stores);
    const none = await stores.pruning.deleteBatch({ state: "succeeded", endedBeforeMs: 0, limit: 9 });
    assert.equal(none.deleted, 0);
    for (const state of ended) await stores.pruning.deleteBatch({ state, endedBeforeMs, limit: 9, userId });
    const states = async (owner: string) =>
      (await stores.jobs.listForUser({ userId: owner, limit: 9 })).items.map(({ state }) => state).sort();
    assert.deepEqual(await states(userId), ["queued", "running"]);
    assert.deepEqual(await states(strangerId), ["cancelled"]);
  });

  test("pruning.deleteBatch() counts a job's age from its end, not from its creation", async (stores) => {
    await createJobs(stores, 1);
    const endedBeforeMs = await later(stores);
    await passed(stores);
    await stores.jobs.cancel({ jobId: jobIdOf(1), userId });
    const batch = { state: "cancelled", endedBeforeMs, limit: 9 } as const;
    assert.equal((await stores.pruning.deleteBatch(batch)).deleted, 0);
    assert.equal((await stores.jobs.get(jobIdOf(1)))?.state, "cancelled");
  });

  test("pruning.deleteBatch() takes the results and the idempotency key with the job", async (stores) => {
    const idempotency = { key: "again", bodyHash: "d".repeat(64) };
    await stores.jobs.create(newJob(1), { maxActive: 9, idempotency });
    await succeed(stores);
    await stores.pruning.deleteBatch({ state: "succeeded", endedBeforeMs: await later(stores), limit: 9 });
    assert.equal(await stores.jobs.get(jobIdOf(1)), null);
    assert.deepEqual(await stores.results.listTopVariants(jobIdOf(1), 9), []);
    assert.equal(await stores.results.getShortlist(jobIdOf(1)), null);
    assert.equal(await stores.results.getPlanes(jobIdOf(1)), null);
    const next = await stores.jobs.create(newJob(2), {
      maxActive: 9,
      idempotency: { ...idempotency, bodyHash: "e".repeat(64) },
    });
    assert.equal(next.jobId, jobIdOf(2));
  });

  test("pruning refuses limits, ages and users that cannot be meant", async ({ pruning }) => {
    const batch = { state: "failed", endedBeforeMs: 1, limit: 1 } as const;
    for (const limit of [0, 1001, 1.5]) {
      await assert.rejects(pruning.deleteBatch({ ...batch, limit }), TypeError);
    }
    await assert.rejects(pruning.deleteBatch({ ...batch, userId: "seven" }), TypeError);
    await assert.rejects(pruning.survey({ olderThanMs: 0, states: ended }), TypeError);
    await assert.rejects(pruning.survey({ olderThanMs: 1, states: ended, userId: "seven" }), TypeError);
  });
}

/** One job of each state, and a cancelled one of somebody else. */
async function mixedJobs(stores: JobStores) {
  const jobs = await createJobs(stores, 3);
  await succeed(stores);
  await stores.queue.finish(await claimed(stores), { state: "failed", error });
  await claimed(stores);
  for (const n of [4, 5]) await stores.jobs.create(newJob(n), { maxActive: 9 });
  await stores.jobs.cancel({ jobId: jobIdOf(4), userId });
  await stores.jobs.create(newJob(6, { userId: strangerId }), { maxActive: 9 });
  await stores.jobs.cancel({ jobId: jobIdOf(6), userId: strangerId });
  return jobs;
}

async function succeed(stores: JobStores): Promise<void> {
  const lease = await claimed(stores);
  await stores.results.saveShortlist(lease, {
    stageAIndexes: [0],
    stageAVariantsTotal: 1,
    riskTotal: 1,
    preselectUsed: 1,
  });
  await stores.results.savePlanes(lease, { variantKey: "k", axes: [], planes: [] });
  await stores.queue.succeed(lease, [reportedVariant(1)]);
}

async function claimed(stores: JobStores) {
  return leaseOf((await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
}

async function passed({ tick }: JobStores): Promise<void> {
  await tick();
  await tick();
}

/** A time by the store's clock after everything that has ended so far. */
async function later(stores: JobStores): Promise<number> {
  await passed(stores);
  return (await stores.pruning.survey({ olderThanMs: 1, states: ended })).endedBeforeMs;
}
