import assert from "node:assert/strict";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { Job, JobCursor, JobState } from "../../src/core/job/mod.ts";
import {
  createJobs,
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  newJob,
  runningJob,
  strangerId,
  testStores,
  userId,
} from "./job_stores.ts";

/** Registers what every `JobRepository` must do. */
export function testJobRepository(factory: JobStoresFactory): void {
  const test = (name: string, run: (stores: JobStores) => Promise<void>) =>
    testStores(name, { factory, run });
  testCreate(test);
  testQuota(test);
  testList(test);
  testCancel(test);
}

type Test = (name: string, run: (stores: JobStores) => Promise<void>) => void;

function testCreate(test: Test): void {
  test("create() stores a queued job that get() gives back", async ({ jobs }) => {
    const created = await jobs.create(newJob(1), { maxActive: 3 });
    const { createdAtMs, updatedAtMs, ...rest } = created;
    assert.equal(createdAtMs, updatedAtMs);
    assert.ok(Number.isInteger(createdAtMs));
    assert.deepEqual(rest, {
      ...newJob(1),
      state: "queued",
      stage: "stage_a",
      startedAtMs: null,
      finishedAtMs: null,
      cancelRequestedAtMs: null,
      processedUnits: 0,
      totalUnits: 0,
      progressUpdatedAtMs: null,
      lockedBy: null,
      lockedAtMs: null,
      leaseExpiresAtMs: null,
      heartbeatAtMs: null,
      attempt: 0,
      retries: 0,
      notBeforeMs: null,
      lastError: null,
      lastErrorJson: null,
      traceId: null,
      runData: null,
    });
    assert.deepEqual(await jobs.get(jobIdOf(1)), created);
  });

  test("create() keeps the strategy snapshot of a saved job", async ({ jobs }) => {
    const saved = newJob(1, { mode: "saved", specHash: "d".repeat(64), specPayloadJson: { tags: ["x"] } });
    assert.deepEqual((await jobs.create(saved, { maxActive: 1 })).specPayloadJson, { tags: ["x"] });
  });

  test("create() keeps the trace id beside the job, and claims carry it", async ({ jobs, queue }) => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const created = await jobs.create(newJob(1), { maxActive: 1, traceId });
    assert.equal(created.traceId, traceId);
    assert.deepEqual(await jobs.get(jobIdOf(1)), created);
    assert.equal((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))?.traceId, traceId);
  });

  test("create() refuses a trace id that is none", async ({ jobs }) => {
    for (const traceId of ["", "x", "0".repeat(32), "A".repeat(32)]) {
      await assert.rejects(jobs.create(newJob(1), { maxActive: 1, traceId }), TypeError);
    }
    assert.equal(await jobs.get(jobIdOf(1)), null);
  });

  test("create() refuses what the table would refuse", async ({ jobs }) => {
    const bad = [
      newJob(1, { jobId: "job-1" }),
      newJob(1, { userId: "someone" }),
      newJob(1, { requestHash: "A".repeat(64) }),
      newJob(1, { engineParamsHash: "" }),
      newJob(1, { backtestRuntimeConfigHash: "c" }),
      newJob(1, { requestJson: {} }),
      newJob(1, { mode: "saved" }),
      newJob(1, { mode: "saved", specHash: "d".repeat(64), specPayloadJson: {} }),
      newJob(1, { specHash: "d".repeat(64) }),
    ];
    for (const job of bad) await assert.rejects(jobs.create(job, { maxActive: 1 }), TypeError);
    await assert.rejects(jobs.create(newJob(1), { maxActive: 0 }), TypeError);
    assert.equal(await jobs.get(jobIdOf(1)), null);
  });

  test("create() refuses a job id that is taken", async ({ jobs }) => {
    const first = await jobs.create(newJob(1), { maxActive: 3 });
    await assert.rejects(jobs.create(newJob(1), { maxActive: 3 }), { code: "storage_unavailable" });
    assert.deepEqual(await jobs.get(jobIdOf(1)), first);
  });

  test("get() gives null for an unknown job and refuses what is no UUID", async ({ jobs }) => {
    assert.equal(await jobs.get(jobIdOf(1)), null);
    await assert.rejects(jobs.get("1"), TypeError);
  });
}

function testQuota(test: Test): void {
  test("create() refuses one active job more than the quota, naming it", async ({ jobs }) => {
    for (let n = 1; n <= 3; n++) await jobs.create(newJob(n), { maxActive: 3 });
    await assert.rejects(jobs.create(newJob(4), { maxActive: 3 }), (error) => {
      assert.ok(error instanceof BacktestError);
      assert.equal(error.code, "validation_error");
      assert.equal(error.message, "Active backtest jobs quota exceeded (max=3)");
      assert.deepEqual(error.details, {
        errors: [{ path: "body", code: "quota_exceeded", message: "active jobs limit reached (3/3)" }],
      });
      return true;
    });
    assert.equal(await jobs.get(jobIdOf(4)), null);
    await jobs.create(newJob(5, { userId: strangerId }), { maxActive: 3 });
  });

  test("countActiveForUser() counts queued and running jobs only", async ({ jobs, queue }) => {
    for (let n = 1; n <= 4; n++) await jobs.create(newJob(n), { maxActive: 9 });
    await jobs.create(newJob(5, { userId: strangerId }), { maxActive: 9 });
    await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 });
    const done = await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 });
    await queue.succeed(leaseOf(done!), []);
    await jobs.cancel({ jobId: jobIdOf(4), userId });
    assert.equal(await jobs.countActiveForUser(userId), 2);
    await jobs.create(newJob(6), { maxActive: 3 });
    await assert.rejects(jobs.create(newJob(7), { maxActive: 3 }), { code: "validation_error" });
  });
}

function testList(test: Test): void {
  test("S000-11 listForUser() page by page equals one big page", async (stores) => {
    await createJobs(stores, 11);
    await stores.jobs.create(newJob(99, { userId: strangerId }), { maxActive: 9 });
    const whole = await stores.jobs.listForUser({ userId, limit: 250 });
    assert.equal(whole.nextCursor, null);
    assert.equal(whole.items.length, 11);
    const newestFirst = whole.items.toSorted((a, b) =>
      b.createdAtMs - a.createdAtMs || (a.jobId < b.jobId ? 1 : -1)
    );
    assert.deepEqual(whole.items, newestFirst);
    for (const limit of [1, 3, 10, 11]) assert.deepEqual(await allPages(stores, { limit }), whole.items);
  });

  test("listForUser() filters by state and pages the filtered jobs", async (stores) => {
    await createJobs(stores, 6);
    for (const n of [2, 3, 5]) await stores.jobs.cancel({ jobId: jobIdOf(n), userId });
    const cancelled = await allPages(stores, { limit: 2, state: "cancelled" });
    assert.deepEqual(cancelled.map(({ jobId }) => jobId).sort(), [2, 3, 5].map(jobIdOf));
    assert.deepEqual((await stores.jobs.listForUser({ userId, limit: 2, state: "failed" })).items, []);
  });

  test("listForUser() without a user gives everybody's, page by page and by state", async (stores) => {
    await createJobs(stores, 4);
    await stores.jobs.create(newJob(99, { userId: strangerId }), { maxActive: 9 });
    await stores.jobs.cancel({ jobId: jobIdOf(99), userId: strangerId });
    const whole = await stores.jobs.listForUser({ userId: null, limit: 250 });
    assert.equal(whole.items.length, 5);
    const first = await stores.jobs.listForUser({ userId: null, limit: 2 });
    const rest = await stores.jobs.listForUser({ userId: null, limit: 9, cursor: first.nextCursor! });
    assert.deepEqual([...first.items, ...rest.items], whole.items);
    const cancelled = await stores.jobs.listForUser({ userId: null, limit: 9, state: "cancelled" });
    assert.deepEqual(cancelled.items.map(({ jobId }) => jobId), [jobIdOf(99)]);
  });

  test("listForUser() refuses a limit outside 1..250", async ({ jobs }) => {
    for (const limit of [0, 251, 1.5, NaN]) {
      await assert.rejects(jobs.listForUser({ userId, limit }), TypeError);
    }
  });
}

function testCancel(test: Test): void {
  test("cancel() ends a queued job at once", async (stores) => {
    await createJobs(stores, 1);
    const job = await stores.jobs.cancel({ jobId: jobIdOf(1), userId });
    assert.equal(job?.state, "cancelled");
    assert.equal(job.startedAtMs, null);
    assert.equal(job.finishedAtMs, job.cancelRequestedAtMs);
    assert.equal(job.finishedAtMs, job.updatedAtMs);
    assert.ok(job.updatedAtMs >= job.createdAtMs);
    assert.equal(await stores.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }), null);
  });

  test("cancel() marks a running job and keeps the first request's time", async (stores) => {
    const { job, lease } = await runningJob(stores);
    const first = await stores.jobs.cancel({ jobId: job.jobId, userId });
    const second = await stores.jobs.cancel({ jobId: job.jobId, userId });
    assert.notEqual(first?.cancelRequestedAtMs, null);
    const { cancelRequestedAtMs, updatedAtMs: _, ...unchanged } = second!;
    assert.equal(cancelRequestedAtMs, first?.cancelRequestedAtMs);
    const { cancelRequestedAtMs: __, updatedAtMs: ___, ...before } = job;
    assert.deepEqual(unchanged, before);
    assert.equal((await stores.queue.check(lease))?.cancelRequestedAtMs, cancelRequestedAtMs);
  });

  test("cancel() gives a terminal job back unchanged", async (stores) => {
    const { lease } = await runningJob(stores);
    const done = await stores.queue.succeed(lease, []);
    assert.deepEqual(await stores.jobs.cancel({ jobId: lease.jobId, userId }), done);
    assert.deepEqual(await stores.jobs.get(lease.jobId), done);
  });

  test("cancel() of a missing or foreign job is null and changes nothing", async (stores) => {
    const [created] = await createJobs(stores, 1);
    assert.equal(await stores.jobs.cancel({ jobId: jobIdOf(1), userId: strangerId }), null);
    assert.equal(await stores.jobs.cancel({ jobId: jobIdOf(2), userId }), null);
    assert.deepEqual(await stores.jobs.get(jobIdOf(1)), created);
  });
}

async function allPages(
  stores: JobStores,
  query: { readonly limit: number; readonly state?: JobState },
): Promise<readonly Job[]> {
  const items: Job[] = [];
  let cursor: JobCursor | null = null;
  do {
    const page = await stores.jobs.listForUser({ userId, ...query, ...(cursor && { cursor }) });
    assert.ok(page.items.length <= query.limit);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}
