import assert from "node:assert/strict";
import { createInProcessCompute } from "../../src/adapters/wasm/in_process_compute.ts";
import type { OptimizationTask } from "../../src/core/optimization/mod.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import type { Compute } from "../../src/ports/compute.ts";
import { until } from "../helpers/until.ts";
import { userId } from "../helpers/worker_harness.ts";
import { requestOver, rowsHash, walkSource } from "../pool/pool_job.ts";
import { type SharedWorld, sharedWorld } from "./shared_world.ts";

const bars = 120;
const request = { ...requestOver(bars), top_k: 20, concurrency_limit: 2 };
const candles = walkSource(50 + bars);
const world = (): SharedWorld => sharedWorld({ candles, taskVariants: 60, batchUnits: 5 });

const tasksOf = async (shared: SharedWorld, jobId: string): Promise<readonly OptimizationTask[]> =>
  (await shared.optimizations.listTasks({ jobId, limit: 1000 })).items;

/** The same candles after somebody has corrected one of them. */
const corrected: CandleSource = {
  async load(query, options) {
    const loaded = await candles.load(query, options);
    loaded.candles.close[60]! += 0.5;
    return loaded;
  },
};

/** A compute whose batches of stage B wait for `opened`, and tell that they do. */
function heldCompute(options: { readonly opened: Promise<unknown>; readonly onHeld: () => void }): Compute {
  const inner = createInProcessCompute();
  return {
    threads: 1,
    async open(input) {
      const session = await inner.open(input);
      return {
        scoreBase: (range, selection) => session.scoreBase(range, selection),
        replay: (variant) => session.replay(variant),
        digestTrades: (variants) => session.digestTrades(variants),
        report: (variant, wish) => session.report(variant, wish),
        async scoreRisk(bases, selection) {
          options.onHeld();
          await options.opened;
          return await session.scoreRisk(bases, selection);
        },
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

Deno.test("a helper that loads other candles ends the sweep as failed, without a retry", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  shared.startWorker("coordinator");
  shared.startWorker("helper", { candles: corrected });
  const job = await shared.ended(jobId);
  assert.equal(job.state, "failed");
  const { message, details } = job.lastErrorJson!;
  assert.match(
    message,
    /its candles are not those that the first part of the sweep was computed on; submit it again/,
  );
  assert.deepEqual([details.exception_type, details.reason, job.retries], [
    "market_data_unavailable",
    "candles_changed",
    0,
  ]);
  const tasks = await tasksOf(shared, jobId);
  const failed = tasks.filter(({ status }) => status === "failed");
  assert.deepEqual([failed.length, failed[0]!.worker, failed[0]!.retries], [1, "helper", 0]);
  assert.ok(tasks.every(({ status }) => ["succeeded", "failed", "cancelled"].includes(status)));
  const { optimization } = (await shared.optimizations.get(jobId))!;
  assert.equal(optimization.tasksFinished, tasks.length);
});

Deno.test("a coordinator whose predecessor had other candles fails, too", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  const { queue, sharing } = shared.deps;
  const job = (await queue.claimNext({ lockedBy: "before", leaseSeconds: 60 }))!;
  const lease = { jobId, lockedBy: "before", attempt: job.attempt };
  await sharing!.coordinator.begin(lease, { moduleHash: sharing!.moduleHash });
  await sharing!.tasks.confirmCandles(jobId, "c".repeat(64));
  await queue.release(lease);
  shared.startWorker("coordinator");
  const { state, lastErrorJson, retries } = await shared.ended(jobId);
  assert.deepEqual([state, lastErrorJson!.details.reason, retries], ["failed", "candles_changed", 0]);
});

Deno.test("a worker of another module takes no task, and says so once", async () => {
  await using shared = world();
  const { jobId } = await shared.share({ ...request, concurrency_limit: 4 });
  shared.startWorker("coordinator");
  const other = { ...shared.deps.sharing!, moduleHash: "b".repeat(64) };
  shared.startWorker("helper", { sharing: other });
  assert.equal((await shared.ended(jobId)).state, "succeeded");
  assert.ok((await tasksOf(shared, jobId)).every(({ worker }) => worker === "coordinator"));
  const told = shared.log.lines.filter(({ event }) => event === "other_module");
  assert.deepEqual(told.map(({ fields }) => [fields.job_id, fields.locked_by]), [[jobId, "helper"]]);
});

Deno.test("a coordinator of another module starts anew: no task of the former one is left", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  const held = Promise.withResolvers<void>();
  const first = shared.startWorker("first", {
    compute: heldCompute({ opened: held.promise, onHeld: () => {} }),
  });
  await until(() =>
    shared.log.lines.some(({ event, fields }) => event === "task_claimed" && fields.stage === "stage_b")
  );
  const stopped = first.stop();
  held.resolve();
  await stopped;
  shared.startWorker("second", { sharing: { ...shared.deps.sharing!, moduleHash: "b".repeat(64) } });
  const job = await shared.ended(jobId);
  assert.equal(job.state, "succeeded");
  assert.ok((await tasksOf(shared, jobId)).every(({ worker, seq }) => worker === "second" && seq >= 0));
});

Deno.test("one worker alone finishes two sweeps", async () => {
  await using shared = world();
  const jobs = [await shared.share(request), await shared.share({ ...request, top_k: 15 })];
  shared.startWorker("alone");
  for (const { jobId } of jobs) assert.equal((await shared.ended(jobId)).state, "succeeded");
});

Deno.test("a helper that is told to stop gives its task back with its retries as they were", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  const held = Promise.withResolvers<void>();
  let isHeld = false;
  shared.startWorker("coordinator");
  const helper = shared.startWorker("helper", {
    compute: heldCompute({ opened: held.promise, onHeld: () => isHeld = true }),
  });
  await until(() => isHeld);
  const mine = (await tasksOf(shared, jobId)).find(({ lockedBy }) => lockedBy === "helper")!;
  assert.deepEqual([mine.status, mine.stage], ["running", "stage_b"]);
  const stopped = helper.stop();
  held.resolve();
  await stopped;
  assert.equal((await shared.ended(jobId)).state, "succeeded");
  const after = (await tasksOf(shared, jobId)).find(({ taskId }) => taskId === mine.taskId)!;
  assert.deepEqual([after.status, after.retries, after.attempt, after.worker], [
    "succeeded",
    0,
    2,
    "coordinator",
  ]);
  assert.ok(
    shared.log.lines.some(({ event, fields }) => event === "task_finished" && fields.status === "released"),
  );
});

Deno.test("S004-10 a cancel ends open tasks and keeps those that are finished", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  const held = Promise.withResolvers<void>();
  let isHeld = 0;
  const compute = heldCompute({ opened: held.promise, onHeld: () => isHeld++ });
  shared.startWorker("one", { compute });
  shared.startWorker("two", { compute });
  await until(() => isHeld >= 2);
  await shared.jobs.cancel({ jobId, userId });
  // both have heard of it before their batch ends
  let turns = 0;
  await until(() => ++turns > 5);
  held.resolve();
  const job = await shared.ended(jobId);
  assert.equal(job.state, "cancelled");
  const tasks = await tasksOf(shared, jobId);
  assert.deepEqual(tasks.filter(({ stage }) => stage === "stage_a").map(({ status }) => status), [
    "succeeded",
    "succeeded",
  ]);
  assert.ok(tasks.every(({ status }) => status === "succeeded" || status === "cancelled"));
  assert.ok(tasks.some(({ status }) => status === "cancelled"));
  const { optimization, tasksRunning } = (await shared.optimizations.get(jobId))!;
  assert.deepEqual([optimization.tasksFinished, tasksRunning, optimization.stopReason], [
    tasks.length,
    0,
    null,
  ]);
});

/** A source that fails for some loads. */
function failing(times: number, error: Error): CandleSource {
  let left = times;
  return {
    load: (query, options) => left-- > 0 ? Promise.reject(error) : candles.load(query, options),
  };
}

Deno.test("S004-13 a task whose helper cannot load its candles is tried again later, and the sweep succeeds", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  shared.startWorker("coordinator");
  const away = new BacktestError("market_data_unavailable", "Cannot load candles: away");
  shared.startWorker("helper", { candles: failing(1, away) });
  const job = await shared.ended(jobId, { advanceMs: 500 });
  assert.equal(job.state, "succeeded");
  const again = (await tasksOf(shared, jobId)).filter(({ retries }) => retries > 0);
  assert.deepEqual(again.map(({ status, retries }) => [status, retries]), [["succeeded", 1]]);
  await using whole = world();
  const { concurrency_limit: _, ...plain } = request;
  const alone = await whole.submitPlain(plain);
  whole.startWorker("alone");
  await whole.ended(alone.jobId);
  assert.equal(rowsHash(await shared.rows(jobId)), rowsHash(await whole.rows(alone.jobId)));
});

Deno.test("a task that fails ends the sweep at once, with its error: one with a hole is none", async () => {
  await using shared = world();
  const { jobId } = await shared.share(request);
  shared.startWorker("coordinator");
  shared.startWorker("helper", {
    candles: failing(99, new BacktestError("no_candles", "No candles at all")),
  });
  const job = await shared.ended(jobId);
  assert.deepEqual([job.state, job.lastError], ["failed", "No candles at all"]);
  const statuses = (await tasksOf(shared, jobId)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === "failed").length, 1);
  assert.ok(!statuses.includes("queued") && !statuses.includes("running"));
});
