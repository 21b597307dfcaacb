import assert from "node:assert/strict";
import { type Harness, harness, leaseOf, snapshots, userId } from "../../tests/helpers/worker_harness.ts";
import { memoryLog } from "../../tests/memory/log.ts";
import { noMetrics } from "../ports/no_metrics.ts";
import { uncoveredRange } from "../core/bars/mod.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { TopVariant } from "../core/job/mod.ts";
import { jobStatus } from "../usecases/job_status.ts";
import { topRows } from "../usecases/top_rows.ts";
import { runJob } from "./run_job.ts";

const header = "|Metric|Value|\n|---|---|\n";

Deno.test("S000-21 S000-22 runJob() writes monotonic progress per stage and ends finalizing at 0 of 1", async () => {
  const worker = harness({ batchUnits: 2 });
  await worker.submit();
  assert.equal(await worker.runNext(), "succeeded");
  const progress = worker.writes.filter(({ method }) => method === "updateProgress").map(({ args }) =>
    args[1]
  );
  assert.deepEqual(progress, [
    { stage: "stage_a", processedUnits: 0, totalUnits: 6 },
    { stage: "stage_a", processedUnits: 2, totalUnits: 6 },
    { stage: "stage_a", processedUnits: 4, totalUnits: 6 },
    { stage: "stage_a", processedUnits: 6, totalUnits: 6 },
    { stage: "stage_b", processedUnits: 0, totalUnits: 16 },
    { stage: "stage_b", processedUnits: 8, totalUnits: 16 },
    { stage: "stage_b", processedUnits: 16, totalUnits: 16 },
    { stage: "finalizing", processedUnits: 0, totalUnits: 1 },
  ]);
});

Deno.test("S000-14 S000-16 S001-19 runJob() scores Stage A without risk and stores the ranked shortlist", async () => {
  const worker = harness();
  const { jobId } = await worker.submit();
  await worker.runNext();
  const kinds = worker.compute.calls.map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(0, 3), ["base", "base", "base"]);
  const shortlist = await worker.results.getShortlist(jobId);
  assert.deepEqual(shortlist?.stageAIndexes, [5, 4, 3, 2]);
  assert.deepEqual(
    [shortlist?.stageAVariantsTotal, shortlist?.riskTotal, shortlist?.preselectUsed],
    [6, 4, 4],
  );
});

Deno.test("S000-31 S000-32 S001-20 runJob() stores reports for all rows and trades for the first top_trades_n", async () => {
  const worker = harness();
  const { jobId } = await worker.submit();
  await worker.runNext();
  const rows = await worker.results.listTopVariants(jobId, 300);
  assert.deepEqual(rows.map(({ rank }) => rank), [1, 2, 3, 4, 5]);
  assert.deepEqual(rows.map(({ variantIndex }) => variantIndex), [3, 2, 1, 0, 7]);
  for (const row of rows) assert.ok(row.reportTableMd?.startsWith(header));
  assert.deepEqual(rows.map(({ trades }) => trades !== null), [true, true, false, false, false]);
});

for (const [topK, cap, expected] of [[5, 2, 2], [2, 5, 2]] as const) {
  Deno.test(`S000-30 S000-34 runJob() keeps min(top_k ${topK}, cap ${cap}) rows and replays only those`, async () => {
    const worker = harness({ settings: { topKPersisted: cap } });
    const { jobId } = await worker.submit({ top_k: topK, top_trades_n: 1 });
    await worker.runNext();
    assert.equal((await worker.results.listTopVariants(jobId, 300)).length, expected);
    assert.equal(worker.compute.calls.filter(({ kind }) => kind === "replay").length, expected);
  });
}

Deno.test("S000-15 S000-18 runJob() breaks ties of equal returns by key, whatever the batches", async () => {
  const runs = await Promise.all([1, 2, 5, 100].map(async (batchUnits) => {
    const worker = harness({ batchUnits, score: () => 1.5 });
    const { jobId } = await worker.submit({ top_k: 24 });
    await worker.runNext();
    const shortlist = await worker.results.getShortlist(jobId);
    const rows = await worker.results.listTopVariants(jobId, 300);
    return { indexes: shortlist?.stageAIndexes, keys: rows.map(({ variantKey }) => variantKey), rows };
  }));
  assert.deepEqual(runs[0]!.keys, runs[0]!.keys.toSorted());
  for (const run of runs.slice(1)) assert.deepEqual(run, runs[0]);
});

Deno.test("S000-19 S000-33 runJob() writes snapshots without reports when enough variants are done", async () => {
  const worker = harness({ batchUnits: 1, settings: { snapshotVariantsStep: 8 } });
  await worker.submit();
  await worker.runNext();
  const written = snapshots(worker.writes);
  assert.deepEqual(written.map((rows) => rows.length), [5, 5]);
  const summary = ({ reportTableMd, trades }: TopVariant) => [reportTableMd, trades];
  assert.deepEqual(written.flat().map(summary), written.flat().map(() => [null, null]));
});

Deno.test("runJob() writes one last snapshot after Stage B only when something changed since", async () => {
  const every = harness({ batchUnits: 4, settings: { snapshotVariantsStep: 1 } });
  await every.submit();
  await every.runNext();
  assert.equal(snapshots(every.writes).length, 1);
  const none = harness({ batchUnits: 4 });
  await none.submit();
  await none.runNext();
  assert.equal(snapshots(none.writes).length, 1);
});

Deno.test("S000-23 S000-24 S000-25 S000-50 a cancel between batches ends the job at the next boundary", async () => {
  const worker = harness({
    batchUnits: 1,
    before: async (call) => {
      if (call.kind === "base" && call.from === 2) await worker.jobs.cancel({ jobId: job.jobId, userId });
    },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "cancelled");
  const stored = await worker.jobs.get(job.jobId);
  assert.equal(stored?.state, "cancelled");
  assert.equal(stored?.lastError, null);
  const bases = worker.compute.calls.filter(({ kind }) => kind === "base").length;
  assert.ok(bases <= 4, `scored ${bases} batches`);
  const writes = worker.writes.map(({ method }) => method);
  assert.equal(writes.filter((method) => method === "finish").length, 1);
  assert.equal(writes.at(-1), "finish");
});

Deno.test("13 a cancel that comes between a boundary's check and its progress ends the job there", async () => {
  const worker: Harness = harness({
    batchUnits: 1,
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        async updateProgress(lease, progress) {
          if (progress.processedUnits === 2) await worker.jobs.cancel({ jobId: job.jobId, userId });
          return await queue.updateProgress(lease, progress);
        },
      },
      // a hint would cause a look of its own
      wakeups: { subscribe: () => ({ [Symbol.dispose]() {} }) },
    }),
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "cancelled");
  // no further look at the job was needed
  assert.deepEqual(worker.writes.slice(-2).map(({ method }) => method), ["updateProgress", "finish"]);
});

Deno.test("runJob() of a job that is already cancelled loads and scores nothing", async () => {
  const worker = harness();
  const job = await worker.submit();
  await worker.queue.claimNext({ lockedBy: "dead", leaseSeconds: 1 });
  await worker.jobs.cancel({ jobId: job.jobId, userId });
  await worker.clock.advance(1000);
  assert.equal(await worker.runNext(), "cancelled");
  assert.deepEqual(worker.compute.calls, []);
});

Deno.test("S000-24 S003-17 S004-18 a cancel while finalising is answered at once and leaves ranking rows without reports", async () => {
  const worker = harness({
    before: async (call) => {
      if (call.kind !== "replay") return;
      const asked = (await worker.jobs.cancel({ jobId: job.jobId, userId }))!;
      assert.deepEqual([asked.state, asked.stage], ["running", "finalizing"]);
      assert.notEqual(asked.cancelRequestedAtMs, null);
    },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "cancelled");
  const line = worker.log.lines.find(({ event }) => event === "job_cancelled");
  assert.deepEqual([line?.fields.job_id, line?.fields.stage], [job.jobId, "finalizing"]);
  const rows = await worker.results.listTopVariants(job.jobId, 300);
  assert.equal(rows.length, 5);
  assert.deepEqual(rows.map(({ reportTableMd }) => reportTableMd), rows.map(() => null));
});

Deno.test("S000-26 S000-27 S000-50 S001-26 a lease lost during a snapshot stops every further write", async () => {
  const worker = harness({
    batchUnits: 1,
    settings: { snapshotVariantsStep: 4 },
    sabotage: ({ results }) => ({
      results: { ...results, replaceTopVariants: () => Promise.resolve(false) },
    }),
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "lease_lost");
  assert.equal(worker.writes.at(-1)?.method, "replaceTopVariants");
  assert.equal((await worker.jobs.get(job.jobId))?.state, "running");
  const line = worker.log.lines.find(({ event }) => event === "lease_lost");
  assert.equal(line?.level, "warn");
  assert.deepEqual([line?.fields.stage, line?.fields.during], ["stage_b", "snapshot"]);
  assert.deepEqual(worker.metrics.refused, ["snapshot"]);
});

Deno.test("S000-28 S000-29 S000-50 S001-17 S001-18 a reclaimed job starts at Stage A again and ends with the same rows", async () => {
  const calm = harness({ batchUnits: 1 });
  const first = await calm.submit();
  await calm.runNext();
  const expected = await calm.results.listTopVariants(first.jobId, 300);

  const worker = harness({
    batchUnits: 1,
    settings: { snapshotVariantsStep: 4 },
    before: async (call) => {
      // the first worker stands still in Stage B until its lease has run out
      if (call.kind === "risk" && worker.writes.at(-1)?.method === "replaceTopVariants") {
        if ((await worker.jobs.get(job.jobId))?.attempt === 1) await worker.clock.advance(61_000);
      }
    },
    sabotage: ({ queue }) => ({
      queue: { ...queue, heartbeat: () => Promise.reject(new BacktestError("storage_unavailable", "down")) },
    }),
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "lease_lost");
  const stale = await worker.jobs.get(job.jobId);
  assert.equal(stale?.stage, "stage_b");
  assert.ok((await worker.results.listTopVariants(job.jobId, 300)).length > 0);

  const before = worker.writes.length;
  assert.equal(await worker.runNext({ lockedBy: "worker-2" }), "succeeded");
  const progress = worker.writes.slice(before).find(({ method }) => method === "updateProgress");
  assert.deepEqual(progress?.args[1], { stage: "stage_a", processedUnits: 0, totalUnits: 6 });
  assert.equal((await worker.jobs.get(job.jobId))?.attempt, 2);
  const strip = (rows: typeof expected) => rows.map(({ updatedAtMs: _, ...row }) => row);
  assert.deepEqual(strip(await worker.results.listTopVariants(job.jobId, 300)), strip(expected));
});

Deno.test("S000-47 heartbeats keep a job that runs longer than its lease", async () => {
  const worker = harness({
    batchUnits: 1,
    before: () => worker.clock.advance(20_000),
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "succeeded");
  assert.equal((await worker.jobs.get(job.jobId))?.attempt, 1);
  assert.ok(worker.writes.filter(({ method }) => method === "heartbeat").length > 3);
});

Deno.test("a worker without an answer to its heartbeats stops by itself when the lease has run out", async () => {
  const worker = harness({
    batchUnits: 1,
    before: () => worker.clock.advance(20_000),
    sabotage: ({ queue }) => ({
      queue: { ...queue, heartbeat: () => Promise.reject(new BacktestError("storage_unavailable", "down")) },
    }),
  });
  await worker.submit();
  assert.equal(await worker.runNext(), "lease_lost");
  assert.deepEqual(worker.compute.calls.filter(({ kind }) => kind === "risk"), []);
});

Deno.test("S000-35 S000-36 a job that throws is failed with code, message and details, without a stack", async () => {
  const worker = harness({
    score: () => {
      throw new TypeError("boom at /srv/app/secret.ts");
    },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "failed");
  const stored = await worker.jobs.get(job.jobId);
  assert.equal(stored?.lastError, "boom at <path>");
  assert.deepEqual(stored?.lastErrorJson, {
    code: "backtest_job_runner_failed",
    message: "boom at <path>",
    details: {
      error_class: "InternalError",
      exception_type: "TypeError",
      message: "boom at <path>",
      stage: "stage_a",
    },
  });
  const line = worker.log.lines.find(({ event }) => event === "job_failed");
  assert.ok((line?.fields.error as Error).stack?.includes("run_job_test.ts"));
});

Deno.test("a job over a range without candles fails at once, with retries left, and says what there is", async () => {
  const covers = { startMs: Date.UTC(2001, 0), endMs: Date.UTC(2001, 1) };
  const worker = harness({
    candles: { load: (query) => Promise.reject(uncoveredRange({ ...query, covers })) },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "failed");
  const stored = await worker.jobs.get(job.jobId);
  assert.match(stored!.lastError!, /its candles cover 2001-01-01T00:00:00Z to 2001-02-01T00:00:00Z$/);
  assert.deepEqual([stored?.attempt, stored?.retries, worker.metrics.putOff], [1, 0, []]);
  const { details } = stored!.lastErrorJson!;
  assert.deepEqual([details.exception_type, details.error_class, details.covers_start], [
    "no_candles",
    "ParamInvalid",
    "2001-01-01T00:00:00Z",
  ]);
});

Deno.test("a guard that trips in the worker keeps its own details", async () => {
  const worker = harness({
    settings: { guards: { maxVariants: 10, maxVariantsExhaustive: 10, maxBytes: 5_368_709_120 } },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "failed");
  const details = (await worker.jobs.get(job.jobId))?.lastErrorJson?.details;
  assert.equal(details?.error, "max_variants_per_compute_exceeded");
  assert.equal(details?.total_variants, 16);
});

Deno.test("a stopping worker gives the job back at the next boundary and writes no terminal state", async () => {
  const stop = new AbortController();
  const worker = harness({
    batchUnits: 1,
    before: (call) => {
      if (call.kind === "risk") stop.abort();
    },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext({ stop: stop.signal }), "released");
  const stored = await worker.jobs.get(job.jobId);
  assert.deepEqual([stored?.state, stored?.stage, stored?.lockedBy], ["queued", "stage_a", null]);
  assert.equal(worker.writes.at(-1)?.method, "release");
});

Deno.test("S000-12 S000-17 runJob() never asks for more than the batch and keeps at most persisted_k rows", async () => {
  const worker = harness({ batchUnits: 1, settings: { topKPersisted: 3, snapshotVariantsStep: 1 } });
  await worker.submit({ top_trades_n: 1 });
  await worker.runNext();
  for (const rows of snapshots(worker.writes)) assert.ok(rows.length <= 3);
  // the planes around the winner, after the replays, have batches of their own
  const { calls } = worker.compute;
  const ranking = calls.slice(0, calls.findIndex(({ kind }) => kind === "replay"));
  for (const call of ranking) if (call.kind === "risk") assert.equal(call.bases.length, 1);
});

Deno.test("runJob() refuses to store a replay whose return is not the ranked one", async () => {
  let replays = 0;
  const worker = harness({
    score: (base, risk) => base * 10 + (risk ?? 0) + replays,
    before: (call) => {
      if (call.kind === "replay") replays = 1e-11;
    },
  });
  const job = await worker.submit();
  assert.equal(await worker.runNext(), "failed");
  assert.match((await worker.jobs.get(job.jobId))?.lastError ?? "", /Cannot finalise variant/);
});

Deno.test("S004-20 a job without log and metrics ends with the same rows", async () => {
  const rowsOf = async (quiet: boolean) => {
    const worker = harness({ batchUnits: 1, settings: { snapshotVariantsStep: 4 } });
    const { jobId } = await worker.submit();
    const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
    const silent = { ...worker.deps, log: memoryLog(), metrics: noMetrics };
    const run = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
    const { outcome } = await runJob(run, {
      deps: quiet ? silent : worker.deps,
      stop: new AbortController().signal,
    });
    assert.equal(worker.log.lines.length > 0, !quiet);
    return [outcome, await worker.results.listTopVariants(jobId, 300), await worker.jobs.get(job.jobId)];
  };
  assert.deepEqual(await rowsOf(true), await rowsOf(false));
});

Deno.test("S000-10 every write of a run carries the same fence", async () => {
  const worker = harness();
  const job = await worker.submit();
  await worker.runNext();
  const fences = worker.writes.map(({ args }) => args[0]);
  assert.ok(fences.length > 5);
  for (const fence of fences) {
    assert.deepEqual(fence, { ...leaseOf(job), lockedBy: "worker-1", attempt: 1 });
  }
});

Deno.test("runJob() stores what its candles cover and warn of before it scores, and every view of the job shows it", async () => {
  const worker = harness();
  const { jobId } = await worker.submit({
    time_range: { start: "2026-01-20T00:00:00Z", end: "2030-01-01T00:00:00Z" },
  });
  assert.equal(await worker.runNext(), "succeeded");
  const written = worker.writes.map(({ method }) => method);
  assert.ok(written.indexOf("saveRunData") < written.indexOf("saveShortlist"));
  const { runData } = (await worker.jobs.get(jobId))!;
  assert.equal(runData!.data.first_bar, "2026-01-19T00:00:00Z");
  assert.match(
    runData!.warnings.join(),
    /^range_not_covered: the candles cover 2026-01-20T00:00:00Z to 2026-03-02T00:00:00Z of/,
  );
  const status = jobStatus((await worker.jobs.get(jobId))!);
  assert.deepEqual([status.data, status.warnings], [runData!.data, runData!.warnings]);
  const deps = { jobs: worker.jobs, results: worker.results, topKPersisted: 300, markets: {} };
  const top = await topRows({ jobId, userId }, deps);
  assert.deepEqual(top.data, runData!.data);
  assert.ok(top.warnings.includes(runData!.warnings[0]!));
});
