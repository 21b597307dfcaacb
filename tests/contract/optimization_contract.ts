import assert from "node:assert/strict";
import type { Job } from "../../src/core/job/mod.ts";
import type { OptimizationStatus, OptimizationTask } from "../../src/core/optimization/mod.ts";
import {
  jobIdOf,
  type JobStores,
  type JobStoresFactory,
  leaseOf,
  newJob,
  strangerId,
  testStores,
  topVariant,
  userId,
} from "./job_stores.ts";
import {
  claimBy,
  claimed,
  coordinated,
  createOptimization,
  moduleHash,
  newOptimization,
  newTask,
  resultOf,
  seen,
  stopAt,
  taskIdOf,
  taskLeaseOf,
} from "./optimization_stores.ts";

const error = { code: "task_failed", message: "No candle", details: { stage: "stage_b" } };

/** The side that creates, puts up tasks, stops, ends and shows. */
export function testOptimizations(factory: JobStoresFactory): void {
  const test = (name: string, run: (stores: JobStores) => Promise<void>) =>
    testStores(name, { factory, run });

  test("create() stores the companion with the job, and a repeated key neither a second time", async (stores) => {
    const { jobs, optimizations } = stores;
    const idempotency = { key: "k", bodyHash: "e".repeat(64) };
    const optimization = newOptimization({ concurrencyLimit: 3, topN: 7 });
    const created = await jobs.create(newJob(1), { maxActive: 1, idempotency, optimization });
    const again = await jobs.create(newJob(2), { maxActive: 1, idempotency, optimization });
    assert.deepEqual(again, created);
    assert.deepEqual(await optimizations.get(created.jobId), {
      job: created,
      optimization: {
        ...optimization,
        jobId: created.jobId,
        moduleHash: null,
        candlesHash: null,
        tasksFinished: 0,
        topTasks: [],
        stopReason: null,
      },
      tasksRunning: 0,
      workers: [],
    });
    assert.equal(await optimizations.get(jobIdOf(2)), null);
  });

  test("S004-21 optimisations and jobs of an owner fill one quota, and a stranger's fill another", async ({ jobs }) => {
    const optimization = newOptimization();
    await jobs.create(newJob(1), { maxActive: 2, optimization });
    await jobs.create(newJob(2), { maxActive: 2 });
    await assert.rejects(jobs.create(newJob(3), { maxActive: 2, optimization }), {
      code: "validation_error",
    });
    await jobs.create(newJob(4, { userId: strangerId }), { maxActive: 1, optimization });
    assert.equal(await jobs.countActiveForUser(userId), 2);
  });

  test("create() without a companion makes a job that has none", async (stores) => {
    const job = await stores.jobs.create(newJob(1), { maxActive: 1 });
    assert.equal(await stores.optimizations.get(job.jobId), null);
    const lease = leaseOf((await stores.queue.claimNext({ lockedBy: "w", leaseSeconds: 60 }))!);
    assert.deepEqual(await stores.coordinator.begin(lease, { moduleHash }), {
      optimization: null,
      tasks: [],
    });
    assert.equal(await stores.tasks.readJob(job.jobId), null);
    assert.equal(await stores.tasks.confirmCandles(job.jobId, "f".repeat(64)), null);
    assert.deepEqual(await stores.optimizations.listTasks({ jobId: job.jobId, limit: 5 }), {
      items: [],
      nextSeq: null,
    });
  });

  test("addTask() stores all of a task, and answers one that is there already as it is", async (stores) => {
    const { lease, job } = await coordinated(stores, { count: 0 });
    const added = (await stores.coordinator.addTask(lease, newTask(1, 7)))!;
    const expected: OptimizationTask = {
      ...newTask(1, 7),
      jobId: job.jobId,
      status: "queued",
      score: null,
      resultSummaryId: null,
      progress: 0,
      retries: 0,
      attempt: 0,
      worker: null,
      lockedBy: null,
      leaseExpiresAtMs: null,
      notBeforeMs: null,
      lastError: null,
      createdAtMs: added.createdAtMs,
      startedAtMs: null,
      finishedAtMs: null,
    };
    assert.deepEqual(added, expected);
    const running = await claimed(stores);
    const again = await stores.coordinator.addTask(lease, { ...newTask(1, 7), taskId: taskIdOf(1, 9) });
    assert.deepEqual(again, running);
    const { items } = await stores.optimizations.listTasks({ jobId: job.jobId, limit: 5 });
    assert.deepEqual(items, [running]);
  });

  test("S004-12 addTask() lets no more tasks be open than the limit, whatever becomes of them", async (stores) => {
    const { lease, job, tasks } = await coordinated(stores, { count: 2, concurrencyLimit: 2 });
    const more = (seq: number) => stores.coordinator.addTask(lease, newTask(1, seq));
    await assert.rejects(more(2), /as many as its limit allows are open/);
    assert.deepEqual(await more(1), tasks[1], "one that is there needs no place");
    const first = await claimed(stores);
    await assert.rejects(more(2), /as many as its limit allows/);
    await stores.tasks.release(taskLeaseOf(first));
    await assert.rejects(more(2), /as many as its limit allows/);
    const again = await claimed(stores);
    await stores.tasks.complete(taskLeaseOf(again), resultOf(again, 1));
    assert.equal((await more(2))?.seq, 2);
    await assert.rejects(more(3), /as many as its limit allows/);
    assert.deepEqual((await seen(stores, job.jobId)).tasks, ["succeeded", "queued", "queued"]);
  });

  test("S004-01 what a coordinator writes needs its lease", async (stores) => {
    const { lease, job, tasks } = await coordinated(stores, { count: 1 });
    const before = await seen(stores, job.jobId);
    for (
      const foreign of [{ ...lease, lockedBy: "x" }, { ...lease, attempt: 2 }, {
        ...lease,
        jobId: jobIdOf(9),
      }]
    ) {
      const { coordinator } = stores;
      assert.equal(await coordinator.begin(foreign, { moduleHash: "a".repeat(64) }), null);
      assert.equal(await coordinator.addTask(foreign, newTask(1, 5)), null);
      assert.equal(await coordinator.stop(foreign, stopAt(tasks[0]!, 1)), null);
    }
    await stores.expireLease(job.jobId);
    assert.equal(await stores.coordinator.addTask(lease, newTask(1, 5)), null);
    assert.equal(await stores.coordinator.stop(lease, stopAt(tasks[0]!, 1)), null);
    assert.deepEqual(await seen(stores, job.jobId), before);
  });

  test("begin() adopts what an earlier attempt left, results and open tasks", async (stores) => {
    const { job } = await coordinated(stores, { count: 3 });
    const done = await claimed(stores, "first");
    await stores.tasks.complete(taskLeaseOf(done), resultOf(done, 5));
    const open = await claimed(stores, "second", { leaseSeconds: 7_200 });
    await stores.expireLease(job.jobId);
    const next = (await stores.queue.claimNext({ lockedBy: "heir", leaseSeconds: 60 }))!;
    const begun = (await stores.coordinator.begin(leaseOf(next), { moduleHash }))!;
    assert.deepEqual(begun.tasks.map(({ seq, status }) => [seq, status]), [
      [0, "succeeded"],
      [1, "running"],
      [2, "queued"],
    ]);
    assert.equal(begun.optimization?.tasksFinished, 1);
    const [outcome] = await stores.coordinator.readTasks({ jobId: job.jobId, seqs: [0] });
    assert.deepEqual(outcome, {
      taskId: done.taskId,
      seq: 0,
      status: "succeeded",
      score: 5,
      result: resultOf(done, 5).result,
      resultSummaryId: resultOf(done, 5).resultSummaryId,
      lastError: null,
    });
    assert.ok(await stores.tasks.complete(taskLeaseOf(open), resultOf(open, 6)), "its helper goes on");
  });

  test("begin() with another module forgets all tasks, and a helper with the old one can do nothing", async (stores) => {
    const { job, lease } = await coordinated(stores, { count: 3 });
    const done = await claimed(stores);
    await stores.tasks.complete(taskLeaseOf(done), resultOf(done, 5));
    const open = await claimed(stores);
    await stores.tasks.confirmCandles(job.jobId, "1".repeat(64));
    const other = "9".repeat(64);
    const begun = (await stores.coordinator.begin(lease, { moduleHash: other }))!;
    assert.deepEqual(begun.tasks, []);
    const { tasksFinished, topTasks, candlesHash, moduleHash: stored } = begun.optimization!;
    assert.deepEqual([tasksFinished, topTasks, candlesHash, stored], [0, [], null, other]);
    assert.equal(await stores.tasks.complete(taskLeaseOf(open), resultOf(open, 6)), null);
    await stores.coordinator.addTask(lease, newTask(1, 0));
    assert.deepEqual(await stores.tasks.claimTask(claimBy("old")), { kind: "none", otherModule: job.jobId });
    assert.deepEqual(await stores.tasks.claimTask(claimBy("old", { jobId: job.jobId })), {
      kind: "none",
      otherModule: null,
    });
    assert.equal((await claimed(stores, "new", { moduleHash: other })).seq, 0);
    assert.deepEqual(await stores.tasks.claimTask(claimBy("old")), { kind: "none", otherModule: null });
  });

  test("S004-03 the summary counts every result and keeps the best of them", async (stores) => {
    const { job } = await coordinated(stores, { count: 6, topN: 3 });
    for (const score of [2, null, Infinity, -1, 2, 3]) {
      const task = await claimed(stores);
      const done = await stores.tasks.complete(taskLeaseOf(task), resultOf(task, score));
      assert.deepEqual([done?.status, done?.score, done?.progress], ["succeeded", score, 1]);
    }
    const { optimization } = (await stores.optimizations.get(job.jobId))!;
    assert.equal(optimization.tasksFinished, 6);
    assert.deepEqual(optimization.topTasks.map(({ seq }) => seq), [2, 5, 0]);
    const [best] = optimization.topTasks;
    assert.deepEqual(best, { ...resultOf({ taskId: taskIdOf(1, 2), seq: 2 }, Infinity).top });
    assert.deepEqual([best?.score, best?.score_infinite], [null, true]);
  });

  test("results of one optimisation that arrive together are all counted", async (stores) => {
    const { job } = await coordinated(stores, { count: 12, topN: 12 });
    const tasks = [];
    for (let i = 0; i < 12; i++) tasks.push(await claimed(stores, `helper-${i}`));
    await Promise.all(
      tasks.map((task) => stores.tasks.complete(taskLeaseOf(task), resultOf(task, task.seq))),
    );
    const { tasksFinished, top } = await seen(stores, job.jobId);
    assert.deepEqual([tasksFinished, top], [12, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]]);
  });

  test("S004-07 S004-08 after a stop no task is put up or starts, and a late result changes nothing", async (stores) => {
    const { job, lease } = await coordinated(stores, { count: 4 });
    const [first, second] = [await claimed(stores, "one"), await claimed(stores, "two")];
    await stores.tasks.complete(taskLeaseOf(first), resultOf(first, -10));
    assert.ok(await stores.coordinator.stop(lease, stopAt(first, -10)));
    const stopped = await seen(stores, job.jobId);
    assert.deepEqual(stopped, {
      job: "running",
      tasks: ["succeeded", "early-stopped", "early-stopped", "early-stopped"],
      results: [0],
      tasksFinished: 1,
      tasksRunning: 0,
      stopped: true,
      top: [-10],
    });
    assert.equal(await stores.tasks.complete(taskLeaseOf(second), resultOf(second, 99)), null);
    for (const lost of [stores.tasks.check, stores.tasks.release]) {
      assert.equal(await lost(taskLeaseOf(second)), null);
    }
    assert.equal(await stores.coordinator.addTask(lease, newTask(1, 4)), null);
    assert.equal(await stores.coordinator.addTask(lease, newTask(1, 0)), null);
    assert.equal((await stores.tasks.claimTask(claimBy("three"))).kind, "none");
    assert.ok(
      await stores.coordinator.stop(lease, stopAt(second, 50)),
      "a second stop finds the lease alive",
    );
    assert.deepEqual(await seen(stores, job.jobId), stopped);
    assert.ok(await stores.queue.succeed(lease, [topVariant(1)]));
    assert.deepEqual(await seen(stores, job.jobId), { ...stopped, job: "succeeded", results: [] });
  });

  test("S004-08 S004-10 a cancel of a running optimisation ends what is open when its coordinator does, and keeps what is finished", async (stores) => {
    const { job, lease } = await coordinated(stores, { count: 4 });
    const done = await claimed(stores);
    await stores.tasks.complete(taskLeaseOf(done), resultOf(done, 3));
    const open = await claimed(stores);
    await stores.jobs.cancel({ jobId: job.jobId, userId });
    assert.equal((await stores.tasks.claimTask(claimBy("late"))).kind, "none");
    const { cancelRequestedAtMs } = (await stores.tasks.heartbeat(taskLeaseOf(open), { leaseSeconds: 60 }))!;
    assert.equal(typeof cancelRequestedAtMs, "number");
    await stores.queue.finish(lease, { state: "cancelled" });
    const cancelled = await seen(stores, job.jobId);
    assert.deepEqual(cancelled, {
      job: "cancelled",
      tasks: ["succeeded", "cancelled", "cancelled", "cancelled"],
      results: [],
      tasksFinished: 4,
      tasksRunning: 0,
      stopped: false,
      top: [3],
    });
    assert.equal(await stores.tasks.complete(taskLeaseOf(open), resultOf(open, 99)), null);
    assert.deepEqual(await seen(stores, job.jobId), cancelled);
  });

  test("a cancel during finalising keeps the reason and the numbers of the stop", async (stores) => {
    const { job, lease } = await coordinated(stores, { count: 3 });
    const done = await claimed(stores);
    await stores.tasks.complete(taskLeaseOf(done), resultOf(done, 3));
    await stores.coordinator.stop(lease, stopAt(done, 3));
    await stores.queue.finish(lease, { state: "cancelled" });
    const { job: state, tasksFinished, stopped, tasks } = await seen(stores, job.jobId);
    assert.deepEqual([state, tasksFinished, stopped], ["cancelled", 1, true]);
    assert.deepEqual(tasks, ["succeeded", "early-stopped", "early-stopped"]);
  });

  for (
    const [name, end] of [
      ["succeed()", ({ queue }, { lease }) => queue.succeed(lease, [topVariant(1)])],
      ["finish(failed)", ({ queue }, { lease }) => queue.finish(lease, { state: "failed", error })],
      ["a cancelled release()", async ({ queue, jobs }, { lease }) => {
        await jobs.cancel({ jobId: lease.jobId, userId });
        return await queue.release(lease);
      }],
      ["cancel() of a queued one", async ({ queue, jobs }, { lease }) => {
        await queue.release(lease);
        return await jobs.cancel({ jobId: lease.jobId, userId });
      }],
      ["cancel() of an abandoned one", async ({ jobs, expireLease }, { lease }) => {
        await expireLease(lease.jobId);
        return await jobs.cancel({ jobId: lease.jobId, userId });
      }],
      ["a claim without a retry left", async ({ queue, expireLease }, { lease }) => {
        await expireLease(lease.jobId);
        return await queue.claimNext({ lockedBy: "x", leaseSeconds: 60, maxAttempts: 1 });
      }],
    ] satisfies readonly (readonly [
      string,
      (stores: JobStores, of: { readonly lease: ReturnType<typeof leaseOf> }) => Promise<unknown>,
    ])[]
  ) {
    test(`S004-10 ${name} ends the job's tasks with it, and those of no other`, async (stores) => {
      const other = await coordinated(stores, { n: 2, count: 1 });
      const { lease, job } = await coordinated(stores, { n: 1, count: 3 });
      const done = await claimed(stores, "helper", { jobId: job.jobId });
      await stores.tasks.complete(taskLeaseOf(done), resultOf(done, 1));
      await claimed(stores, "helper", { jobId: job.jobId, leaseSeconds: 7_200 });
      assert.ok(await end(stores, { lease }));
      const { tasks, results, tasksRunning } = await seen(stores, job.jobId);
      assert.deepEqual(tasks, ["succeeded", "cancelled", "cancelled"]);
      assert.deepEqual([results, tasksRunning], [[], 0]);
      assert.deepEqual((await seen(stores, other.job.jobId)).tasks, ["queued"]);
    });
  }

  test("S004-10 companion and tasks go with the job", async (stores) => {
    const { job, lease } = await coordinated(stores, { count: 3 });
    await stores.queue.finish(lease, { state: "cancelled" });
    await stores.tick();
    const { endedBeforeMs } = await stores.pruning.survey({ states: ["cancelled"], olderThanMs: 1 });
    await stores.pruning.deleteBatch({ state: "cancelled", endedBeforeMs: endedBeforeMs + 1000, limit: 10 });
    assert.equal(await stores.jobs.get(job.jobId), null);
    assert.equal(await stores.optimizations.get(job.jobId), null);
    assert.deepEqual(await stores.optimizations.listTasks({ jobId: job.jobId, limit: 10 }), {
      items: [],
      nextSeq: null,
    });
    assert.equal(await stores.tasks.getStatus({ taskId: taskIdOf(1, 0), attempt: 0 }), null);
  });

  test("confirmCandles() keeps the first hash, and answers it", async (stores) => {
    const { job } = await coordinated(stores, { count: 0 });
    const [first, second] = ["1".repeat(64), "2".repeat(64)];
    const together = await Promise.all(
      [first, first].map((hash) => stores.tasks.confirmCandles(job.jobId, hash)),
    );
    assert.deepEqual(together, [first, first]);
    assert.equal(await stores.tasks.confirmCandles(job.jobId, second), first);
    const over = await coordinated(stores, { n: 2, count: 0 });
    await stores.queue.finish(over.lease, { state: "cancelled" });
    assert.equal(await stores.tasks.confirmCandles(over.job.jobId, second), null, "nobody needs it any more");
    assert.equal((await stores.tasks.readJob(job.jobId))?.optimization.candlesHash, first);
    assert.equal((await stores.tasks.readJob(job.jobId))?.job.jobId, job.jobId);
  });

  test("S004-22 listTasks() gives pages by seq", async (stores) => {
    const { job } = await coordinated(stores, { count: 5 });
    const page = (afterSeq?: number) =>
      stores.optimizations.listTasks({
        jobId: job.jobId,
        limit: 2,
        ...(afterSeq === undefined ? {} : { afterSeq }),
      });
    const pages = [await page(), await page(1), await page(3)];
    assert.deepEqual(pages.map(({ items, nextSeq }) => [items.map(({ seq }) => seq), nextSeq]), [
      [[0, 1], 1],
      [[2, 3], 3],
      [[4], null],
    ]);
  });

  test("S004-05 S004-23 listForUser() lists optimisations by their own status, newest first, in pages", async (stores) => {
    const end = async (
      n: number,
      ending: (of: Awaited<ReturnType<typeof coordinated>>) => Promise<unknown>,
    ) => {
      await ending(await coordinated(stores, { n, count: 1 }));
      await stores.tick();
    };
    await end(1, ({ lease }) => stores.queue.succeed(lease, []));
    await end(2, async ({ lease, tasks }) => {
      await stores.coordinator.stop(lease, stopAt(tasks[0]!, 1));
      await stores.queue.succeed(lease, []);
    });
    await end(3, async ({ lease, tasks }) => {
      await stores.coordinator.stop(lease, stopAt(tasks[0]!, 1));
      await stores.queue.finish(lease, { state: "cancelled" });
    });
    await end(4, ({ lease }) => stores.queue.finish(lease, { state: "failed", error }));
    await end(5, () => claimed(stores));
    await stores.jobs.create(newJob(6), { maxActive: 100 });
    await stores.tick();
    await createOptimization(stores, { n: 7 });
    await stores.tick();
    await stores.jobs.create(newJob(8, { userId: strangerId }), {
      maxActive: 100,
      optimization: newOptimization(),
    });
    const list = async (status?: OptimizationStatus, owner: string | null = userId) => {
      const query = { userId: owner, limit: 250, ...(status === undefined ? {} : { status }) };
      const { items, nextCursor } = await stores.optimizations.listForUser(query);
      assert.equal(nextCursor, null);
      return items.map(({ job }) => Number.parseInt(job.jobId.slice(-4), 16));
    };
    assert.deepEqual(await list(), [7, 5, 4, 3, 2, 1]);
    assert.deepEqual(await list(undefined, null), [8, 7, 5, 4, 3, 2, 1]);
    const statuses = ["queued", "running", "succeeded", "failed", "early-stopped", "cancelled"] as const;
    assert.deepEqual(await Promise.all(statuses.map((status) => list(status))), [[7], [5], [1], [4], [2], [
      3,
    ]]);
    const first = await stores.optimizations.listForUser({ userId, limit: 2 });
    assert.deepEqual(first.items.map(({ tasksRunning, workers }) => [tasksRunning, workers.length]), [
      [0, 0],
      [1, 1],
    ]);
    const asked = [...first.items.map(({ job }) => job.jobId), jobIdOf(99)];
    const looked = await stores.optimizations.look(asked);
    const byId = (a: { readonly job: Job }, b: { readonly job: Job }) => a.job.jobId < b.job.jobId ? -1 : 1;
    assert.deepEqual(looked.toSorted(byId), first.items.toSorted(byId));
    assert.deepEqual(await stores.optimizations.look([]), []);
    const next = await stores.optimizations.listForUser({ userId, limit: 4, cursor: first.nextCursor! });
    assert.deepEqual(next.items.map(({ job }) => job.jobId), [4, 3, 2, 1].map(jobIdOf));
    assert.equal(next.nextCursor, null);
  });
}
