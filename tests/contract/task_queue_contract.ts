import assert from "node:assert/strict";
import { isOpenTask, type TaskLease } from "../../src/core/optimization/mod.ts";
import type { TaskQueue } from "../../src/ports/task_queue.ts";
import { type JobStores, type JobStoresFactory, testStores, userId } from "./job_stores.ts";
import {
  claimBy,
  claimed,
  coordinated,
  foreignTaskLeases,
  moduleHash,
  newTask,
  resultOf,
  seen,
  taskLeaseOf,
} from "./optimization_stores.ts";

const error = { code: "task_failed", message: "No candle", details: { stage: "stage_b" } };

/** Every write of who works on a task. */
const writes: Readonly<Record<string, (tasks: TaskQueue, lease: TaskLease) => Promise<unknown>>> = {
  check: (tasks, lease) => tasks.check(lease),
  heartbeat: (tasks, lease) => tasks.heartbeat(lease, { leaseSeconds: 60 }),
  updateProgress: (tasks, lease) => tasks.updateProgress(lease, 0.5),
  complete: (tasks, lease) => tasks.complete(lease, resultOf({ taskId: lease.taskId, seq: 0 }, 1)),
  release: (tasks, lease) => tasks.release(lease),
  retry: (tasks, lease) => tasks.retry(lease, { delayMs: 5, error }),
  fail: (tasks, lease) => tasks.fail(lease, error),
};

/** The side of who works on tasks. */
export function testTaskQueue(factory: JobStoresFactory): void {
  const test = (name: string, run: (stores: JobStores) => Promise<void>) =>
    testStores(name, { factory, run });

  test("claimTask() gives a lease, of the oldest job first, then by seq; nothing where nothing is", async (stores) => {
    assert.deepEqual(await stores.tasks.claimTask(claimBy("early")), { kind: "none", otherModule: null });
    await coordinated(stores, { n: 9, count: 2 });
    await stores.tick();
    const younger = await coordinated(stores, { n: 1, count: 2 });
    const order: string[] = [];
    for (let i = 0; i < 4; i++) {
      const task = await claimed(stores, `helper-${i}`);
      order.push(`${Number.parseInt(task.jobId.slice(-4), 16)}.${task.seq}`);
      assert.deepEqual([task.status, task.attempt, task.retries, task.progress], ["running", 1, 0, 0]);
      assert.deepEqual([task.worker, task.lockedBy, task.notBeforeMs], [`helper-${i}`, `helper-${i}`, null]);
      assert.equal(task.leaseExpiresAtMs! - task.startedAtMs!, 60_000);
    }
    assert.deepEqual(order, ["9.0", "9.1", "1.0", "1.1"]);
    assert.equal((await stores.tasks.claimTask(claimBy("late"))).kind, "none");
    assert.equal((await seen(stores, younger.job.jobId)).tasksRunning, 2);
  });

  test("claimTask() of one job takes its tasks only", async (stores) => {
    await coordinated(stores, { n: 1, count: 1 });
    await stores.tick();
    const { job } = await coordinated(stores, { n: 2, count: 2 });
    const own = { jobId: job.jobId };
    const first = await claimed(stores, "coordinator", own);
    assert.deepEqual([first.jobId, first.seq], [job.jobId, 0]);
    await claimed(stores, "coordinator", own);
    assert.equal((await stores.tasks.claimTask(claimBy("coordinator", own))).kind, "none");
    await stores.expireTask(first);
    const again = await stores.tasks.claimTask(claimBy("coordinator", own));
    assert.deepEqual([again.kind, again.kind === "claimed" && again.reclaim], ["claimed", true]);
  });

  test("claimTask() goes on with the tasks of a job that waits for a new coordinator, and leaves those of no module alone", async (stores) => {
    const { job, lease } = await coordinated(stores, { count: 2 });
    await stores.queue.release(lease);
    assert.equal((await claimed(stores)).seq, 0);
    assert.equal((await stores.jobs.get(job.jobId))?.state, "queued");
    await stores.tasks.confirmCandles(job.jobId, "1".repeat(64));
    const other = await stores.tasks.claimTask(claimBy("other", { moduleHash: "0".repeat(64) }));
    assert.deepEqual(other, { kind: "none", otherModule: job.jobId });
  });

  for (const [name, write] of Object.entries(writes)) {
    test(`S004-01 S004-02 ${name}() needs the task's lease`, async (stores) => {
      const { job, tasks: [first] } = await coordinated(stores, { count: 1 });
      const running = await claimed(stores);
      const lease = taskLeaseOf(running);
      const before = await stores.optimizations.listTasks({ jobId: job.jobId, limit: 5 });
      for (const foreign of foreignTaskLeases(lease)) {
        assert.equal(await write(stores.tasks, foreign), null);
      }
      assert.deepEqual(await stores.optimizations.listTasks({ jobId: job.jobId, limit: 5 }), before);
      await stores.expireTask(running);
      assert.equal(await write(stores.tasks, lease), null, "an expired lease is lost");
      const taken = await claimed(stores, "heir");
      assert.deepEqual([taken.taskId, taken.attempt, taken.retries], [first!.taskId, 2, 1]);
      assert.equal(await write(stores.tasks, lease), null, "a lease that was taken over is lost");
      assert.equal(await stores.tasks.getStatus(lease), null);
      assert.ok(await write(stores.tasks, taskLeaseOf(taken)));
    });
  }

  test("heartbeat() extends the lease, updateProgress() does not", async (stores) => {
    await coordinated(stores, { count: 1 });
    const task = await claimed(stores);
    const lease = taskLeaseOf(task);
    await stores.tick();
    const beaten = (await stores.tasks.heartbeat(lease, { leaseSeconds: 120 }))!;
    assert.ok(beaten.leaseExpiresAtMs > task.leaseExpiresAtMs! + 59_000);
    assert.equal(beaten.cancelRequestedAtMs, null);
    await stores.tick();
    assert.deepEqual(await stores.tasks.updateProgress(lease, 0.25), beaten);
    assert.deepEqual(await stores.tasks.check(lease), beaten);
    const { items: [shown] } = await stores.optimizations.listTasks({ jobId: task.jobId, limit: 1 });
    assert.equal(shown?.progress, 0.25);
  });

  test("release() gives a task back as it was, at once to be claimed again", async (stores) => {
    await coordinated(stores, { count: 1 });
    const task = await claimed(stores);
    await stores.tasks.updateProgress(taskLeaseOf(task), 0.5);
    const released = (await stores.tasks.release(taskLeaseOf(task)))!;
    assert.deepEqual(
      [released.status, released.retries, released.attempt, released.progress, released.worker],
      ["queued", 0, 1, 0, "helper"],
    );
    assert.deepEqual([released.lockedBy, released.leaseExpiresAtMs, released.notBeforeMs], [
      null,
      null,
      null,
    ]);
    const again = await stores.tasks.claimTask(claimBy("another"));
    assert.ok(again.kind === "claimed" && !again.reclaim);
    assert.deepEqual([again.task.attempt, again.task.startedAtMs], [2, task.startedAtMs]);
  });

  test("S004-13 S004-14 retry() spends a retry and waits; the error stays until there is a result", async (stores) => {
    await coordinated(stores, { count: 2 });
    const task = await claimed(stores);
    const put = (await stores.tasks.retry(taskLeaseOf(task), { delayMs: 1_800_000, error }))!;
    assert.deepEqual([put.status, put.retries, put.lastError], ["queued", 1, error]);
    assert.ok(put.notBeforeMs! >= task.startedAtMs! + 1_800_000);
    const { job: { jobId } } = (await stores.optimizations.get(task.jobId))!;
    const [waits] = await stores.coordinator.readTasks({ jobId, seqs: [0] });
    assert.deepEqual([waits?.status, waits?.lastError], ["queued", null]);
    assert.equal((await claimed(stores)).seq, 1, "it is passed over until its time has come");
    assert.equal((await stores.tasks.claimTask(claimBy("early"))).kind, "none");
    await stores.makeTaskDue(task.taskId);
    const again = await claimed(stores, "heir", { jobId });
    assert.deepEqual([again.seq, again.attempt, again.retries, again.lastError], [0, 2, 1, error]);
    const done = (await stores.tasks.complete(taskLeaseOf(again), resultOf(again, 1)))!;
    assert.deepEqual([done.lastError, done.retries, done.worker, done.lockedBy], [null, 1, "heir", null]);
    assert.equal(await stores.tasks.getStatus(taskLeaseOf(again)), "succeeded");
  });

  test("S004-13 S004-14 S004-24 a lease that runs out spends a retry; without one left the task fails, once, for good", async (stores) => {
    const { job } = await coordinated(stores, { count: 1 });
    let task = await claimed(stores, "helper-0");
    for (let retries = 1; retries <= 2; retries++) {
      await stores.expireTask(task);
      const claim = await stores.tasks.claimTask(claimBy(`helper-${retries}`, { maxRetries: 2 }));
      assert.ok(claim.kind === "claimed" && claim.reclaim);
      task = claim.task;
      assert.deepEqual([task.retries, task.attempt], [retries, retries + 1]);
    }
    await stores.expireTask(task);
    const ended = await stores.tasks.claimTask(claimBy("last", { maxRetries: 2 }));
    assert.ok(ended.kind === "exhausted");
    const { status, retries, attempt, lockedBy, lastError } = ended.task;
    assert.deepEqual([status, retries, attempt, lockedBy], ["failed", 2, 3, null]);
    assert.deepEqual([lastError?.code, lastError?.details["max_retries"], lastError?.details["seq"]], [
      "attempts_exhausted",
      2,
      0,
    ]);
    assert.equal((await stores.tasks.claimTask(claimBy("later", { maxRetries: 2 }))).kind, "none");
    const [outcome] = await stores.coordinator.readTasks({ jobId: job.jobId, seqs: [0] });
    assert.deepEqual(outcome?.lastError, lastError);
  });

  test("a task that ran out of its lease goes before younger ones, and after those of older jobs", async (stores) => {
    const old = await coordinated(stores, { n: 1, count: 2 });
    await stores.tick();
    const young = await coordinated(stores, { n: 2, count: 2 });
    const lost = await claimed(stores, "dead", { jobId: young.job.jobId });
    await stores.expireTask(lost);
    const order: string[] = [];
    for (let i = 0; i < 4; i++) {
      const { jobId, seq } = await claimed(stores, `helper-${i}`);
      order.push(`${jobId === old.job.jobId ? "old" : "young"} ${seq}`);
    }
    assert.deepEqual(order, ["old 0", "old 1", "young 0", "young 1"]);
  });

  test("fail() ends a task for good, with its error", async (stores) => {
    const { job } = await coordinated(stores, { count: 2 });
    const task = await claimed(stores);
    const failed = (await stores.tasks.fail(taskLeaseOf(task), error))!;
    assert.deepEqual([failed.status, failed.lastError, failed.worker], ["failed", error, "helper"]);
    assert.equal(typeof failed.finishedAtMs, "number");
    assert.equal((await claimed(stores)).seq, 1);
    const [outcome] = await stores.coordinator.readTasks({ jobId: job.jobId, seqs: [0, 7] });
    assert.deepEqual([outcome?.status, outcome?.lastError], ["failed", error]);
    assert.equal((await seen(stores, job.jobId)).tasksFinished, 0, "it has no result");
  });

  test("S004-12 eight workers, a limit of three: never a fourth, and every task once", async (stores) => {
    const { lease, job } = await coordinated(stores, { count: 0, concurrencyLimit: 3, tasksTotal: 20 });
    let [open, next, most] = [0, 0, 0];
    let places = Promise.withResolvers<void>();
    const ran: number[] = [];
    const coordinator = async () => {
      while (next < 20) {
        while (open < 3 && next < 20) {
          open++;
          await stores.coordinator.addTask(lease, newTask(1, next++));
        }
        await places.promise;
        places = Promise.withResolvers();
      }
    };
    const worker = async (name: string) => {
      while (ran.length < 20) {
        const claim = await stores.tasks.claimTask(claimBy(name));
        if (claim.kind !== "claimed") continue;
        const { items } = await stores.optimizations.listTasks({ jobId: job.jobId, limit: 50 });
        most = Math.max(most, items.filter(isOpenTask).length);
        await stores.tasks.complete(taskLeaseOf(claim.task), resultOf(claim.task, claim.task.seq));
        ran.push(claim.task.seq);
        open--;
        places.resolve();
      }
    };
    await Promise.all([coordinator(), ...Array.from({ length: 8 }, (_, i) => worker(`worker-${i}`))]);
    assert.ok(most >= 1 && most <= 3, `${most} were open`);
    assert.deepEqual(ran.sort((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
    assert.equal((await seen(stores, job.jobId)).tasksFinished, 20);
  });

  test("tasks of a job whose cancel is requested are left alone, also those whose lease ran out", async (stores) => {
    const { job } = await coordinated(stores, { count: 2 });
    await stores.expireTask(await claimed(stores));
    await stores.jobs.cancel({ jobId: job.jobId, userId });
    for (const jobId of [undefined, job.jobId]) {
      const claim = await stores.tasks.claimTask(claimBy("late", jobId === undefined ? {} : { jobId }));
      assert.equal(claim.kind, "none");
    }
  });

  test("arguments that no task takes are refused before anything is sent", async (stores) => {
    const { tasks: [task] } = await coordinated(stores, { count: 1 });
    const lease = { ...taskLeaseOf(task!), attempt: 1 };
    await assert.rejects(stores.tasks.claimTask(claimBy(" x")), TypeError);
    await assert.rejects(stores.tasks.claimTask(claimBy("x", { leaseSeconds: 0 })), TypeError);
    await assert.rejects(stores.tasks.updateProgress(lease, 2), TypeError);
    await assert.rejects(stores.tasks.retry(lease, { delayMs: -1, error }), TypeError);
    await assert.rejects(stores.tasks.fail(lease, { ...error, code: " " }), TypeError);
    await assert.rejects(stores.optimizations.listTasks({ jobId: lease.jobId, limit: 1001 }), TypeError);
    const claim = await stores.tasks.claimTask(claimBy("x", { moduleHash }));
    assert.equal(claim.kind, "claimed");
  });
}
