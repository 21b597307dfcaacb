import assert from "node:assert/strict";
import type { Job } from "../../src/core/job/mod.ts";
import {
  createJobs,
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  newJob,
  reportedVariant,
  runningJob,
  strangerId,
  testStores,
  userId,
} from "./job_stores.ts";

type Test = (name: string, run: (stores: JobStores) => Promise<void>) => void;

const claim = { lockedBy: "worker-1", leaseSeconds: 60 };
const fair = { ...claim, policy: "fair" } as const;

/** Registers what every `JobQueue` must do about retries, poison jobs and the order of owners. */
export function testJobRetries(factory: JobStoresFactory): void {
  const test: Test = (name, run) => testStores(name, { factory, run });
  testRetry(test);
  testBudget(test);
  testSurrender(test);
  testListAttempts(test);
  testAbandoned(test);
  testCancelled(test);
  testFairness(test);
}

function testRetry(test: Test): void {
  test("getState() tells how an attempt left the job, and nothing of another one", async (stores) => {
    const { lease } = await runningJob(stores);
    assert.equal(await stores.queue.getState(lease), "running");
    await stores.queue.succeed(lease, [reportedVariant(1)]);
    assert.equal(await stores.queue.getState(lease), "succeeded");
    assert.equal(await stores.queue.getState({ ...lease, attempt: lease.attempt + 1 }), null);
  });

  test("retry() queues the job again for later, its start and lease cleared, one retry spent", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 4, totalUnits: 9 });
    const queued = (await stores.queue.retry(lease, { delayMs: 3_600_000 }))!;
    const { progressUpdatedAtMs, updatedAtMs, notBeforeMs } = queued;
    assert.deepEqual(queued, {
      ...job,
      ...{ progressUpdatedAtMs, updatedAtMs, notBeforeMs },
      ...{ state: "queued", stage: "stage_a", processedUnits: 0, totalUnits: 0, startedAtMs: null },
      ...{ lockedBy: null, lockedAtMs: null, leaseExpiresAtMs: null, heartbeatAtMs: null },
      retries: 1,
    });
    assert.equal(notBeforeMs! - updatedAtMs, 3_600_000);
    assert.deepEqual(await stores.jobs.get(job.jobId), queued);
  });

  test("claimNext() leaves a job alone before its time and takes others meanwhile", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.retry(lease, { delayMs: 3_500_000 });
    for (const policy of ["fifo", "fair"] as const) {
      assert.equal(await stores.queue.claimNext({ ...claim, policy }), null);
    }
    await stores.jobs.create(newJob(2), { maxActive: 9 });
    assert.equal((await stores.queue.claimNext(claim))?.jobId, jobIdOf(2));
    await stores.makeDue(job.jobId);
    const again = await stores.queue.claimNext(claim);
    assert.deepEqual([again?.jobId, again?.attempt, again?.retries, again?.notBeforeMs], [
      job.jobId,
      2,
      1,
      null,
    ]);
  });

  test("retry() without a delay makes the job claimable at once", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.retry(lease, { delayMs: 0 });
    assert.equal((await stores.queue.claimNext(claim))?.jobId, job.jobId);
  });

  test("retry() refuses a delay that is no integer >= 0", async (stores) => {
    const { job, lease } = await runningJob(stores);
    for (const delayMs of [-1, 0.5, NaN]) {
      await assert.rejects(stores.queue.retry(lease, { delayMs }), TypeError);
    }
    assert.deepEqual(await stores.jobs.get(job.jobId), job);
  });
}

function testBudget(test: Test): void {
  test("a released lease spends no retry, however often, but the attempt grows", async (stores) => {
    let { job, lease } = await runningJob(stores);
    for (let n = 0; n < 5; n++) {
      await stores.queue.release(lease);
      job = (await stores.queue.claimNext({ ...claim, maxAttempts: 2 }))!;
      lease = leaseOf(job);
    }
    assert.deepEqual([job.attempt, job.retries], [6, 0]);
  });

  test("claimNext() ends a job whose workers died in every attempt, once, under the lock of the claim", async (stores) => {
    const { job } = await runningJob(stores, claim);
    await stores.queue.updateProgress(leaseOf(job), { stage: "stage_b", processedUnits: 1, totalUnits: 2 });
    for (let retries = 1; retries <= 2; retries++) {
      await stores.expireLease(job.jobId);
      const taken = (await stores.queue.claimNext({ ...claim, maxAttempts: 3 }))!;
      assert.deepEqual([taken.state, taken.attempt, taken.retries], ["running", retries + 1, retries]);
    }
    await stores.expireLease(job.jobId);
    const ended = (await stores.queue.claimNext({ ...claim, maxAttempts: 3 }))!;
    assert.deepEqual([ended.state, ended.attempt, ended.retries, ended.lockedBy], ["failed", 3, 2, null]);
    assert.equal(ended.finishedAtMs, ended.updatedAtMs);
    assert.equal(
      ended.lastError,
      "Cannot run the job: the last of its 3 attempts ended without a word from its worker",
    );
    assert.deepEqual(ended.lastErrorJson, {
      code: "attempts_exhausted",
      message: ended.lastError,
      details: {
        error_class: "InternalError",
        exception_type: "attempts_exhausted",
        max_attempts: 3,
        message: ended.lastError,
        stage: "stage_b",
        silent_attempts: 3,
      },
    });
    assert.deepEqual(await stores.jobs.get(job.jobId), ended);
    assert.equal(await stores.queue.claimNext(claim), null);
  });

  test("the dead worker of an exhausted job is fenced off", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.expireLease(job.jobId);
    const ended = await stores.queue.claimNext({ ...claim, maxAttempts: 1 });
    assert.equal(ended?.state, "failed");
    assert.equal(await stores.queue.heartbeat(lease, { leaseSeconds: 60 }), null);
    assert.equal(await stores.queue.succeed(lease, []), null);
    assert.equal(await stores.queue.retry(lease, { delayMs: 0 }), null);
    assert.deepEqual(await stores.jobs.get(job.jobId), ended);
  });

  test("failures and silent deaths spend the same budget", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.retry(lease, { delayMs: 0 });
    await stores.queue.claimNext({ ...claim, maxAttempts: 2 });
    await stores.expireLease(job.jobId);
    assert.equal((await stores.queue.claimNext({ ...claim, maxAttempts: 2 }))?.state, "failed");
  });

  test("claimNext() refuses a budget below one attempt", async (stores) => {
    await createJobs(stores, 1);
    for (const maxAttempts of [0, -1, 1.5]) {
      await assert.rejects(stores.queue.claimNext({ ...claim, maxAttempts }), TypeError);
    }
  });
}

function testSurrender(test: Test): void {
  test("surrender() gives a job back whose lease has expired and that nobody has taken over, no retry spent", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.updateProgress(lease, { stage: "stage_b", processedUnits: 4, totalUnits: 9 });
    await stores.expireLease(job.jobId);
    const queued = (await stores.queue.surrender(lease))!;
    assert.deepEqual([queued.state, queued.stage, queued.retries, queued.lockedBy, queued.notBeforeMs], [
      "queued",
      "stage_a",
      0,
      null,
      null,
    ]);
    assert.equal(await stores.queue.surrender(lease), null);
    assert.deepEqual(await stores.jobs.get(job.jobId), queued);
  });

  test("surrender() takes back the retry that a take-over has spent, once, and leaves the job to its new worker", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.expireLease(job.jobId);
    const taken = (await stores.queue.claimNext({ ...claim, lockedBy: "worker-2" }))!;
    assert.equal(taken.retries, 1);
    for (const stranger of [{ ...lease, lockedBy: "worker-3" }, { ...lease, attempt: 7 }]) {
      assert.equal(await stores.queue.surrender(stranger), null);
    }
    const forgiven = (await stores.queue.surrender(lease))!;
    assert.deepEqual(forgiven, { ...taken, retries: 0, updatedAtMs: forgiven.updatedAtMs });
    assert.equal(await stores.queue.surrender(lease), null);
    assert.equal((await stores.jobs.get(job.jobId))?.retries, 0);
    assert.notEqual(await stores.queue.check(leaseOf(taken)), null);
  });

  test("three outages that every worker survives do not spend the budget; three silent deaths do", async (stores) => {
    let { job } = await runningJob(stores);
    for (let n = 0; n < 3; n++) {
      const lost = leaseOf(job);
      await stores.expireLease(job.jobId);
      job = (await stores.queue.claimNext({ ...claim, maxAttempts: 3 }))!;
      await stores.queue.surrender(lost);
    }
    assert.deepEqual([job.state, (await stores.jobs.get(job.jobId))?.retries], ["running", 0]);
    for (const state of ["running", "running", "failed"]) {
      await stores.expireLease(job.jobId);
      assert.equal((await stores.queue.claimNext({ ...claim, maxAttempts: 3 }))?.state, state);
    }
  });

  test("surrender() gives the attempt back to a job that waits for a retry meanwhile", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.expireLease(job.jobId);
    const taken = (await stores.queue.claimNext(claim))!;
    await stores.queue.retry(leaseOf(taken), { delayMs: 60_000 });
    const forgiven = (await stores.queue.surrender(lease))!;
    assert.deepEqual([forgiven.state, forgiven.retries], ["queued", 1]);
    assert.equal(await stores.queue.surrender(lease), null);
  });

  test("surrender() does not bring an ended job back", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.expireLease(job.jobId);
    const ended = await stores.queue.claimNext({ ...claim, maxAttempts: 1 });
    assert.equal(await stores.queue.surrender(lease), null);
    assert.deepEqual(await stores.jobs.get(job.jobId), ended);
  });
}

/** What a worker is told whose claim got no answer. */
function testListAttempts(test: Test): void {
  test("listAttempts() lists what runs in a name and what counts as its silent death, of jobs that are not over", async (stores) => {
    const { lease } = await runningJob(stores);
    assert.deepEqual(await stores.queue.listAttempts(lease.lockedBy), [lease]);
    assert.deepEqual(await stores.queue.listAttempts("worker"), []);
    await stores.expireLease(lease.jobId);
    assert.deepEqual(await stores.queue.listAttempts(lease.lockedBy), [lease]);
    const taken = leaseOf((await stores.queue.claimNext({ ...claim, lockedBy: "1 worker-1" }))!);
    assert.deepEqual(await stores.queue.listAttempts(lease.lockedBy), [lease]);
    assert.deepEqual(await stores.queue.listAttempts(taken.lockedBy), [taken]);
    await stores.queue.surrender(lease);
    assert.deepEqual(await stores.queue.listAttempts(lease.lockedBy), []);
    await stores.queue.finish(taken, { state: "cancelled" });
    assert.deepEqual(await stores.queue.listAttempts(taken.lockedBy), []);
  });

  test("listAttempts() lists two attempts of one name by job and attempt", async (stores) => {
    const { lease } = await runningJob(stores);
    await stores.expireLease(lease.jobId);
    const again = leaseOf((await stores.queue.claimNext(claim))!);
    assert.deepEqual(await stores.queue.listAttempts(claim.lockedBy), [lease, again]);
  });

  test("release() with a delay spends no retry and keeps the job from being claimed meanwhile", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const queued = (await stores.queue.release(lease, { delayMs: 3_500_000 }))!;
    assert.equal(queued.notBeforeMs! - queued.updatedAtMs, 3_500_000);
    assert.deepEqual([queued.state, queued.retries], ["queued", 0]);
    assert.equal(await stores.queue.claimNext(claim), null);
    await stores.makeDue(job.jobId);
    assert.equal((await stores.queue.claimNext(claim))?.attempt, 2);
    for (const delayMs of [-1, 0.5, NaN]) {
      await assert.rejects(stores.queue.release(lease, { delayMs }), TypeError);
    }
  });
}

function testAbandoned(test: Test): void {
  /** Jobs 1 to 3 with job `n` abandoned by its worker. */
  const abandoned = async (stores: JobStores, n: number) => {
    for (const job of [1, 2, 3]) {
      await stores.jobs.create(newJob(job), { maxActive: 9 });
      await stores.tick();
    }
    const jobs = [];
    while (jobs.length < n) jobs.push((await stores.queue.claimNext(claim))!);
    for (const job of jobs.slice(0, -1)) await stores.queue.release(leaseOf(job));
    await stores.expireLease(jobIdOf(n));
  };

  test("claimNext() by age takes an abandoned job before what was queued after it, and after what was queued before", async (stores) => {
    await abandoned(stores, 2);
    const claimed = [await stores.queue.claimNext(claim), await stores.queue.claimNext(claim)];
    assert.deepEqual(claimed.map((job) => [job?.jobId, job?.retries]), [[jobIdOf(1), 0], [jobIdOf(2), 1]]);
    assert.equal((await stores.queue.claimNext(claim))?.jobId, jobIdOf(3));
  });

  test("claimNext() in fair order takes an abandoned job first, as its owner's turn is spent", async (stores) => {
    await abandoned(stores, 3);
    assert.equal((await stores.queue.claimNext(fair))?.jobId, jobIdOf(3));
    assert.equal((await stores.queue.claimNext(fair))?.jobId, jobIdOf(1));
  });

  test("cancel() ends a job at once whose lease has expired, and its worker is fenced off", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.expireLease(job.jobId);
    const ended = (await stores.jobs.cancel({ jobId: job.jobId, userId }))!;
    assert.deepEqual([ended.state, ended.lockedBy, ended.leaseExpiresAtMs], ["cancelled", null, null]);
    assert.equal(ended.finishedAtMs, ended.cancelRequestedAtMs);
    assert.equal(await stores.queue.heartbeat(lease, { leaseSeconds: 60 }), null);
    assert.equal(await stores.queue.claimNext(claim), null);
    assert.deepEqual(await stores.jobs.get(job.jobId), ended);
  });
}

function testCancelled(test: Test): void {
  test("S000-24 a cancel that was requested ends the job when it is given back", async (stores) => {
    await createJobs(stores, 2);
    const back = [
      (job: Job) => stores.queue.release(leaseOf(job)),
      (job: Job) => stores.queue.retry(leaseOf(job), { delayMs: 60_000 }),
    ];
    for (const giveBack of back) {
      const job = (await stores.queue.claimNext(claim))!;
      await stores.jobs.cancel({ jobId: job.jobId, userId });
      const ended = (await giveBack(job))!;
      assert.deepEqual([ended.state, ended.retries, ended.notBeforeMs], ["cancelled", 0, null]);
      assert.equal(ended.startedAtMs, job.startedAtMs);
      assert.equal(ended.finishedAtMs, ended.updatedAtMs);
      assert.equal(ended.lastError, null);
    }
  });

  test("S000-24 a cancelled job is claimed even when its attempts are exhausted, to end as cancelled", async (stores) => {
    const { job } = await runningJob(stores);
    await stores.jobs.cancel({ jobId: job.jobId, userId });
    await stores.expireLease(job.jobId);
    const taken = (await stores.queue.claimNext({ ...claim, maxAttempts: 1 }))!;
    assert.equal(taken.state, "running");
    assert.equal((await stores.queue.finish(leaseOf(taken), { state: "cancelled" }))?.state, "cancelled");
  });

  test("S001-22 cancel() ends a job that waits for its retry", async (stores) => {
    const { job, lease } = await runningJob(stores);
    await stores.queue.retry(lease, { delayMs: 60_000 });
    const ended = await stores.jobs.cancel({ jobId: job.jobId, userId });
    assert.deepEqual([ended?.state, ended?.notBeforeMs, ended?.retries], ["cancelled", null, 1]);
  });
}

function testFairness(test: Test): void {
  const third = "33333333-3333-4333-8333-333333333333";
  // the first owner is early with everything, the others come with one or two
  const owners = [userId, userId, userId, userId, strangerId, third, strangerId];
  const queueAll = async (stores: JobStores) => {
    for (const [n, owner] of owners.entries()) {
      await stores.jobs.create(newJob(n + 1, { userId: owner }), { maxActive: 9 });
      await stores.tick();
    }
  };

  test("claimNext() by age takes the first owner's jobs first", async (stores) => {
    await queueAll(stores);
    assert.deepEqual(await claimAll(stores, claim), [1, 2, 3, 4, 5, 6, 7].map(jobIdOf));
  });

  test("claimNext() in fair order takes a job of each owner in turn, and each owner's by age", async (stores) => {
    await queueAll(stores);
    assert.deepEqual(await claimAll(stores, fair), [1, 5, 6, 2, 7, 3, 4].map(jobIdOf));
  });

  test("claimNext() in fair order remembers whose turn it is when the queue runs empty", async (stores) => {
    const next = async (n: number, owner: string) => {
      await stores.jobs.create(newJob(n, { userId: owner }), { maxActive: 9 });
      await stores.tick();
    };
    await next(1, userId);
    await stores.queue.claimNext(fair);
    await stores.tick();
    await next(2, userId);
    await next(3, strangerId);
    assert.deepEqual(await claimAll(stores, fair), [3, 2].map(jobIdOf));
  });

  test("claimNext() in fair order serves an owner again whose delayed job has become due", async (stores) => {
    const { job, lease } = await runningJob(stores, fair);
    await stores.queue.retry(lease, { delayMs: 3_500_000 });
    await stores.jobs.create(newJob(2, { userId: strangerId }), { maxActive: 9 });
    assert.equal((await stores.queue.claimNext({ ...fair, leaseSeconds: 7200 }))?.jobId, jobIdOf(2));
    assert.equal(await stores.queue.claimNext(fair), null);
    await stores.makeDue(job.jobId);
    assert.equal((await stores.queue.claimNext(fair))?.jobId, job.jobId);
    assert.equal(await stores.queue.claimNext(fair), null);
  });

  test("claimNext() in fair order finds what was queued while nothing waited, given back or new", async (stores) => {
    const { lease } = await runningJob(stores, fair);
    assert.equal(await stores.queue.claimNext(fair), null);
    await stores.queue.release(lease);
    assert.equal((await stores.queue.claimNext(fair))?.attempt, 2);
    assert.equal(await stores.queue.claimNext(fair), null);
    await stores.jobs.create(newJob(2), { maxActive: 9 });
    assert.equal((await stores.queue.claimNext(fair))?.jobId, jobIdOf(2));
  });

  test("claimNext() in fair order takes expired leases over when nothing is queued", async (stores) => {
    const { job } = await runningJob(stores);
    await stores.expireLease(job.jobId);
    assert.equal((await stores.queue.claimNext(fair))?.attempt, 2);
  });
}

async function claimAll(
  stores: JobStores,
  request: Parameters<JobStores["queue"]["claimNext"]>[0],
): Promise<readonly string[]> {
  const claimed: string[] = [];
  for (;;) {
    const job = await stores.queue.claimNext(request);
    if (!job) return claimed;
    claimed.push(job.jobId);
    await stores.tick();
  }
}
