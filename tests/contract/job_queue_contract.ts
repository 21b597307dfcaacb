import assert from "node:assert/strict";
import type { Job, Lease } from "../../src/core/job/mod.ts";
import type { EndedJob, JobQueue } from "../../src/ports/job_queue.ts";
import {
  createJobs,
  foreignLeases,
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  reportedVariant,
  runData,
  runningJob,
  testStores,
  topVariant,
  userId,
} from "./job_stores.ts";

type Test = (name: string, run: (stores: JobStores) => Promise<void>) => void;

const claim = { lockedBy: "worker-1", leaseSeconds: 60 };
const jobError = { code: "backtest_job_runner_failed", message: "No candle", details: { stage: "stage_a" } };

/** Every fenced write of the queue, with arguments that would change the row. */
const writes: Readonly<Record<string, (queue: JobQueue, lease: Lease) => Promise<unknown>>> = {
  "check()": (queue, lease) => queue.check(lease),
  "heartbeat()": (queue, lease) => queue.heartbeat(lease, { leaseSeconds: 600 }),
  "updateProgress()": (queue, lease) =>
    queue.updateProgress(lease, { stage: "stage_b", processedUnits: 1, totalUnits: 2 }),
  "saveRunData()": (queue, lease) => queue.saveRunData(lease, runData),
  "finish(cancelled)": (queue, lease) => queue.finish(lease, { state: "cancelled" }),
  "finish(failed)": (queue, lease) => queue.finish(lease, { state: "failed", error: jobError }),
  "succeed()": (queue, lease) => queue.succeed(lease, [reportedVariant(1)]),
  "release()": (queue, lease) => queue.release(lease),
  "retry()": (queue, lease) => queue.retry(lease, { delayMs: 0 }),
};

/** Registers what every `JobQueue` must do. */
export function testJobQueue(factory: JobStoresFactory): void {
  const test: Test = (name, run) => testStores(name, { factory, run });
  testClaim(test);
  testReclaim(test);
  for (const [name, write] of Object.entries(writes)) testFence(test, { name, write });
  testLease(test);
  testEndings(test);
  testArguments(test);
}

function testClaim(test: Test): void {
  test("claimNext() takes the oldest queued job and gives it a lease", async (stores) => {
    const [first] = await createJobs(stores, 3);
    const job = await stores.queue.claimNext(claim);
    const { startedAtMs, updatedAtMs, lockedAtMs, heartbeatAtMs, leaseExpiresAtMs } = job!;
    assert.deepEqual(job, {
      ...first,
      ...{ startedAtMs, updatedAtMs, lockedAtMs, heartbeatAtMs, leaseExpiresAtMs },
      state: "running",
      lockedBy: "worker-1",
      attempt: 1,
    });
    assert.ok(startedAtMs! >= job!.createdAtMs && updatedAtMs >= startedAtMs!);
    assert.equal(heartbeatAtMs, lockedAtMs);
    assert.equal(leaseExpiresAtMs! - lockedAtMs!, 60_000);
    assert.deepEqual(await stores.jobs.get(job!.jobId), job);
  });

  test("claimNext() goes through the queue in order of creation, then finds nothing", async (stores) => {
    const created = await createJobs(stores, 3);
    const claimed: (string | undefined)[] = [];
    for (let n = 0; n < 4; n++) claimed.push((await stores.queue.claimNext(claim))?.jobId);
    assert.deepEqual(claimed, [...created.map(({ jobId }) => jobId), undefined]);
  });
}

function testReclaim(test: Test): void {
  test("S001-16 claimNext() takes an expired lease over: new owner, attempt 2", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 5, totalUnits: 9 });
    assert.equal(await stores.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 60 }), null);
    await stores.expireLease(job.jobId);
    const taken = await stores.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 60 });
    assert.equal(taken?.lockedBy, "worker-2");
    assert.equal(taken.attempt, 2);
    assert.equal(taken.startedAtMs, job.startedAtMs);
    assert.deepEqual([taken.stage, taken.processedUnits, taken.totalUnits], ["stage_b", 5, 9]);
  });

  test("S001-17 updateProgress() of the next attempt may go back to stage_a 0", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 5, totalUnits: 9 });
    await stores.expireLease(job.jobId);
    const taken = await stores.queue.claimNext(claim);
    await stores.queue.updateProgress(leaseOf(taken!), {
      stage: "stage_a",
      processedUnits: 0,
      totalUnits: 4,
    });
    const { stage, processedUnits, attempt } = (await stores.jobs.get(job.jobId))!;
    assert.deepEqual([stage, processedUnits, attempt], ["stage_a", 0, 2]);
  });

  test("S001-15 claimNext() takes the job over that was created first, whichever lease expired first", async (stores) => {
    await createJobs(stores, 2);
    const first = await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 20 });
    const second = await stores.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 10 });
    await stores.expireLease(second!.jobId);
    await stores.expireLease(first!.jobId);
    const taken = [await stores.queue.claimNext(claim), await stores.queue.claimNext(claim)];
    assert.deepEqual(taken.map((job) => job?.jobId), [first?.jobId, second?.jobId]);
  });

  test("S000-10 a worker that comes back after a takeover by the same owner name is fenced off", async (stores) => {
    const { lease } = await runningJob(stores);
    await stores.expireLease(lease.jobId);
    const taken = await stores.queue.claimNext(claim);
    assert.equal(await stores.queue.heartbeat(lease, { leaseSeconds: 60 }), null);
    assert.deepEqual(await stores.jobs.get(lease.jobId), taken);
  });
}

function testFence(
  test: Test,
  options: { readonly name: string; readonly write: (queue: JobQueue, lease: Lease) => Promise<unknown> },
): void {
  const { name, write } = options;
  const unchanged = async (stores: JobStores, lease: Lease) => {
    const jobId = jobIdOf(1);
    const before = await snapshot(stores, jobId);
    assert.equal(await write(stores.queue, lease), null);
    assert.deepEqual(await snapshot(stores, jobId), before);
  };

  test(`S000-10 ${name} of another job, owner or attempt is null and changes nothing`, async (stores) => {
    const { lease } = await runningJob(stores);
    await stores.results.replaceTopVariants(lease, [topVariant(1), topVariant(2)]);
    for (const foreign of foreignLeases(lease)) await unchanged(stores, foreign);
  });

  test(`S000-27 ${name} after the lease expired is null and changes nothing`, async (stores) => {
    const { lease } = await runningJob(stores);
    await stores.results.replaceTopVariants(lease, [topVariant(1), topVariant(2)]);
    await stores.expireLease(lease.jobId);
    await unchanged(stores, lease);
  });

  test(`S000-10 ${name} on a job that is not running is null and changes nothing`, async (stores) => {
    const [queued] = await createJobs(stores, 1);
    await unchanged(stores, { ...leaseOf(queued!), attempt: 1 });
    const lease = leaseOf((await stores.queue.claimNext(claim))!);
    await stores.queue.release(lease);
    await unchanged(stores, lease);
    const again = leaseOf((await stores.queue.claimNext(claim))!);
    await stores.queue.succeed(again, [reportedVariant(1)]);
    await unchanged(stores, again);
  });
}

function testLease(test: Test): void {
  test("S000-47 S003-07 heartbeat() moves the end of the lease and nothing else", async (stores) => {
    const { job, lease } = await runningJob(stores, { lockedBy: "worker-1", leaseSeconds: 10 });
    const status = await stores.queue.heartbeat(lease, { leaseSeconds: 600 });
    const after = (await stores.jobs.get(job.jobId))!;
    assert.deepEqual(status, { cancelRequestedAtMs: null, leaseExpiresAtMs: after.leaseExpiresAtMs });
    assert.equal(after.leaseExpiresAtMs! - after.heartbeatAtMs!, 600_000);
    assert.ok(after.leaseExpiresAtMs! >= job.leaseExpiresAtMs! + 590_000);
    const { leaseExpiresAtMs, heartbeatAtMs, updatedAtMs } = after;
    assert.deepEqual(after, { ...job, leaseExpiresAtMs, heartbeatAtMs, updatedAtMs });
    assert.equal(await stores.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 10 }), null);
  });

  test("saveRunData() stores what the candles gave reason to say, in the place of what an attempt before stored", async (stores) => {
    const { lease } = await runningJob(stores);
    assert.equal((await stores.jobs.get(lease.jobId))!.runData, null);
    const earlier = { ...runData, warnings: [], barsBefore: 3 };
    await stores.queue.saveRunData(lease, earlier);
    const status = await stores.queue.saveRunData(lease, runData);
    assert.equal(status?.cancelRequestedAtMs, null);
    const stored = (await stores.jobs.get(lease.jobId))!;
    assert.equal(JSON.stringify(stored.runData), JSON.stringify(runData));
    await assert.rejects(stores.queue.saveRunData(lease, { ...runData, barsBefore: -1 }), TypeError);
    await assert.rejects(stores.queue.saveRunData(lease, { ...runData, warnings: [" "] }), TypeError);
  });

  test("updateProgress() stores the counters and leaves the lease alone", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const status = await stores.queue.updateProgress(lease, {
      stage: "stage_b",
      processedUnits: 4,
      totalUnits: 9,
    });
    assert.deepEqual(status, { cancelRequestedAtMs: null, leaseExpiresAtMs: job.leaseExpiresAtMs });
    const after = (await stores.jobs.get(job.jobId))!;
    const { progressUpdatedAtMs, updatedAtMs } = after;
    assert.ok(progressUpdatedAtMs! >= job.startedAtMs!);
    const progress = { stage: "stage_b", processedUnits: 4, totalUnits: 9, progressUpdatedAtMs, updatedAtMs };
    assert.deepEqual(after, { ...job, ...progress });
  });

  test("check() reads the lease and writes nothing", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const status = { cancelRequestedAtMs: null, leaseExpiresAtMs: job.leaseExpiresAtMs };
    assert.deepEqual(await stores.queue.check(lease), status);
    assert.deepEqual(await stores.jobs.get(job.jobId), job);
  });
}

function testEndings(test: Test): void {
  test("finish() writes a failure with its reason and clears the lease", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const ended = await stores.queue.finish(lease, { state: "failed", error: jobError });
    const failed = (await stores.jobs.get(job.jobId))!;
    assert.deepEqual(failed, {
      ...cleared(job, failed),
      state: "failed",
      lastError: "No candle",
      lastErrorJson: jobError,
    });
    assert.deepEqual(ended, outcomeOf(failed));
  });

  test("finish() writes a cancel without any error", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const ended = await stores.queue.finish(lease, { state: "cancelled" });
    const cancelled = (await stores.jobs.get(job.jobId))!;
    assert.deepEqual(cancelled, { ...cleared(job, cancelled), state: "cancelled" });
    assert.deepEqual(ended, outcomeOf(cancelled));
  });

  test("succeed() writes rows and state together, also after a late cancel", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.results.replaceTopVariants(lease, [topVariant(1), topVariant(2), topVariant(3)]);
    await stores.jobs.cancel({ jobId: job.jobId, userId });
    const rows = [reportedVariant(1), reportedVariant(2)];
    const done = (await stores.queue.succeed(lease, rows))!;
    const { cancelRequestedAtMs } = done;
    assert.deepEqual(done, {
      ...cleared(job, done),
      state: "succeeded",
      stage: "finalizing",
      cancelRequestedAtMs,
    });
    assert.notEqual(cancelRequestedAtMs, null);
    const stored = await stores.results.listTopVariants(job.jobId, 10);
    assert.deepEqual(stored.map(({ jobId: _, updatedAtMs: __, ...row }) => row), rows);
  });

  test("release() gives the job back from the start, its attempt kept, first in the queue", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await createJobs(stores, 0);
    await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 4, totalUnits: 9 });
    const released = (await stores.queue.release(lease))!;
    const { progressUpdatedAtMs } = released;
    assert.deepEqual(released, {
      ...cleared(job, released),
      state: "queued",
      stage: "stage_a",
      startedAtMs: null,
      finishedAtMs: null,
      processedUnits: 0,
      totalUnits: 0,
      progressUpdatedAtMs,
      attempt: 1,
    });
    const again = await stores.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 60 });
    assert.deepEqual([again?.jobId, again?.attempt], [job.jobId, 2]);
    assert.ok(again!.startedAtMs! >= job.startedAtMs!);
  });
}

function testArguments(test: Test): void {
  test("programmer's errors throw and change nothing", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const { queue } = stores;
    const progress = { stage: "stage_a", processedUnits: 0, totalUnits: 0 } as const;
    const calls = [
      () => queue.claimNext({ lockedBy: " ", leaseSeconds: 60 }),
      () => queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 0 }),
      () => queue.check({ ...lease, lockedBy: "" }),
      () => queue.check({ ...lease, attempt: 0 }),
      () => queue.heartbeat(lease, { leaseSeconds: 1.5 }),
      () => queue.updateProgress(lease, { ...progress, processedUnits: -1 }),
      () => queue.updateProgress(lease, { ...progress, totalUnits: 2 ** 31 }),
      () => queue.updateProgress(lease, { ...progress, processedUnits: 3, totalUnits: 2 }),
      () => queue.finish(lease, { state: "failed", error: { ...jobError, message: " " } }),
      () => queue.succeed(lease, [topVariant(1), topVariant(1)]),
      () => queue.release({ ...lease, jobId: "1" }),
    ];
    for (const call of calls) await assert.rejects(call, TypeError);
    assert.deepEqual(await stores.jobs.get(job.jobId), job);
  });
}

/** What an ending tells of a job that is stored so. */
function outcomeOf({ jobId, state, finishedAtMs, updatedAtMs }: Job): EndedJob {
  return { jobId, state, finishedAtMs, updatedAtMs };
}

/** The job as it was claimed, without its lease, with the times of the write that ended it. */
function cleared(job: Job, ended: Job): Job {
  const { finishedAtMs, updatedAtMs } = ended;
  assert.ok(updatedAtMs >= job.updatedAtMs);
  if (finishedAtMs !== null) assert.equal(finishedAtMs, updatedAtMs);
  const noLease = { lockedBy: null, lockedAtMs: null, leaseExpiresAtMs: null, heartbeatAtMs: null };
  return { ...job, ...noLease, finishedAtMs, updatedAtMs };
}

async function snapshot(stores: JobStores, jobId: string): Promise<string> {
  const rows = await stores.results.listTopVariants(jobId, 100);
  return JSON.stringify([await stores.jobs.get(jobId), rows, await stores.results.getShortlist(jobId)]);
}
