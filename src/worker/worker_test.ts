import assert from "node:assert/strict";
import { until } from "../../tests/helpers/until.ts";
import { candleSource, type Harness, harness, traceId, userId } from "../../tests/helpers/worker_harness.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { Job } from "../core/job/mod.ts";
import { runWorker } from "./worker.ts";

/** Runs a worker while `work` goes on, then stops it. */
async function whileRunning(worker: Harness, work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const running = runWorker(worker.deps, { lockedBy: "worker-1", stop: stop.signal });
  try {
    await work();
  } finally {
    stop.abort();
    await running;
  }
}

const claims = ({ writes }: Harness) => writes.filter(({ method }) => method === "claimNext").length;

/** Resolves when the worker has claimed so often and waits for more. */
async function idleAfter(worker: Harness, count: number): Promise<void> {
  await until(() => claims(worker) === count);
  // by then the claim is answered
  await new Promise((resolve) => setTimeout(resolve, 0));
  await until(() => worker.clock.sleepers === 1);
}

const down = () => Promise.reject(new BacktestError("storage_unavailable", "down"));

Deno.test("S000-05 runWorker() polls an empty queue every claim_poll_seconds", async () => {
  const worker = harness({ settings: { claimPollSeconds: 2 } });
  await whileRunning(worker, async () => {
    await idleAfter(worker, 1);
    await worker.clock.advance(10_000);
  });
  assert.equal(claims(worker), 6);
});

Deno.test("runWorker() claims at once when a job is queued, looks once more, then goes back to polling", async () => {
  const worker = harness({ settings: { claimPollSeconds: 1000 } });
  await whileRunning(worker, async () => {
    await idleAfter(worker, 1);
    await worker.submit();
    await until(() => worker.metrics.outcomes.length === 1);
    await idleAfter(worker, 3);
    await worker.clock.advance(50);
    await idleAfter(worker, 4);
    await worker.clock.advance(999_999);
    assert.equal(claims(worker), 4);
  });
  assert.deepEqual(worker.metrics.outcomes, ["succeeded"]);
});

Deno.test("runWorker() picks a retried job up within claim_poll_seconds of the moment it is due", async () => {
  let loads = 0;
  const worker = harness({
    settings: { claimPollSeconds: 2 },
    candles: {
      load: (wanted) =>
        loads++ === 0
          ? Promise.reject(new BacktestError("market_data_unavailable", "no answer"))
          : candleSource.load(wanted),
    },
  });
  const { jobId } = await worker.submit();
  await whileRunning(worker, async () => {
    await until(() => worker.metrics.outcomes.length === 1);
    const { notBeforeMs } = (await worker.jobs.get(jobId)) as Job;
    assert.ok(notBeforeMs! > worker.clock.nowMs());
    await idleAfter(worker, claims(worker));
    await worker.clock.advance(notBeforeMs! - worker.clock.nowMs() - 1);
    assert.deepEqual(worker.metrics.outcomes, ["retried"]);
    await worker.clock.advance(2001);
    await until(() => worker.metrics.outcomes.length === 2);
  });
  assert.deepEqual(worker.metrics.outcomes, ["retried", "succeeded"]);
});

Deno.test("runWorker() does not lose a hint that comes while a claim is on its way", async () => {
  let first = true;
  const worker = harness({
    settings: { claimPollSeconds: 1000 },
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        async claimNext(claim) {
          if (!first) return await queue.claimNext(claim);
          first = false;
          await worker.submit();
          return null;
        },
      },
    }),
  });
  await whileRunning(worker, () => until(() => worker.metrics.outcomes.length === 1));
  assert.deepEqual(worker.metrics.outcomes, ["succeeded"]);
});

Deno.test("S000-06 S000-07 S001-11 S001-12 runWorker() runs queued jobs one after the other without sleeping", async () => {
  let active = 0;
  const worker = harness({ before: () => assert.equal(active, 1) });
  const stop = new AbortController();
  const deps = {
    ...worker.deps,
    metrics: {
      ...worker.deps.metrics,
      jobClaimed: () => void active++,
      jobProcessed: (end: Parameters<typeof worker.deps.metrics.jobProcessed>[0]) => {
        active--;
        worker.deps.metrics.jobProcessed(end);
        if (worker.metrics.outcomes.length === 2) stop.abort();
      },
    },
  };
  await worker.submit();
  await worker.submit();
  await runWorker(deps, { lockedBy: "worker-1", stop: stop.signal });
  assert.deepEqual(worker.metrics.outcomes, ["succeeded", "succeeded"]);
  const one = ["stage_a", "stage_b", "finalizing"];
  assert.deepEqual(worker.metrics.stages, [...one, ...one]);
  assert.equal(worker.clock.nowMs(), Date.UTC(2026, 0, 1));
});

Deno.test("runWorker() outlives a database that is gone, asking less and less often", async () => {
  let gone = true;
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: { ...queue, claimNext: (claim) => gone ? down() : queue.claimNext(claim) },
    }),
  });
  await whileRunning(worker, async () => {
    // half of 1, 2, 4, ... s, as the jitter is always a half here
    for (const [count, waitMs] of [[1, 500], [2, 1000], [3, 2000], [4, 4000]] as const) {
      await idleAfter(worker, count);
      await worker.clock.advance(waitMs - 1);
      assert.equal(claims(worker), count);
      await worker.clock.advance(1);
    }
    await idleAfter(worker, 5);
    gone = false;
    // also the hint of a listener that is back ends the wait
    await worker.submit();
    await until(() => worker.metrics.outcomes.length === 1);
  });
  assert.deepEqual(worker.metrics.outcomes, ["succeeded"]);
  const failed = worker.log.lines.filter(({ event }) => event === "claim_failed");
  assert.deepEqual(failed.map(({ fields }) => fields.failures), [1, 2, 3, 4, 5]);
  const answers = [...Array(5).fill("failed"), "claimed"];
  assert.deepEqual(worker.metrics.answers.slice(0, 6), answers);
  assert.ok(worker.metrics.answers.slice(6).every((answer) => answer === "empty"));
});

Deno.test("runWorker() gives back what a claim brings after the lease's time", async () => {
  const late = Promise.withResolvers<void>();
  let hangs = true;
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        async claimNext(claim) {
          if (!hangs) return null;
          hangs = false;
          await late.promise;
          return await queue.claimNext(claim);
        },
      },
    }),
  });
  const { jobId } = await worker.submit();
  await whileRunning(worker, async () => {
    await until(() => worker.clock.sleepers === 1);
    await worker.clock.advance(60_000);
    assert.equal(worker.log.lines[0]!.event, "claim_failed");
    late.resolve();
    await until(() => worker.writes.some(({ method }) => method === "release"));
  });
  const { state, attempt, retries } = (await worker.jobs.get(jobId))!;
  assert.deepEqual([state, attempt, retries], ["queued", 1, 0]);
  assert.deepEqual(worker.metrics.outcomes, []);
});

Deno.test("13 runWorker() gives back what a claim took whose answer was lost, whoever has the job by then", async () => {
  for (const takenOver of [false, true]) {
    let lost = 0;
    const worker = harness({
      sabotage: ({ queue }) => ({
        queue: {
          ...queue,
          async claimNext(claim) {
            if (lost > 0) return takenOver ? null : await queue.claimNext(claim);
            lost++;
            assert.equal((await queue.claimNext(claim))?.attempt, 1);
            return await down();
          },
        },
      }),
    });
    const { jobId } = await worker.submit();
    await whileRunning(worker, async () => {
      await until(() => lost === 1);
      if (takenOver) {
        await worker.queue.heartbeat({ jobId, lockedBy: "worker-1", attempt: 1 }, { leaseSeconds: 1 });
        await idleAfter(worker, 1);
        const other = { lockedBy: "worker-2", leaseSeconds: 600 };
        while (await worker.queue.claimNext(other) === null) await worker.clock.advance(100);
      }
      await worker.clock.advance(1000);
      await until(() => worker.log.lines.some(({ event }) => event === "attempt_given_back"));
      if (!takenOver) await until(() => worker.metrics.outcomes.length === 1);
    });
    const { state, attempt, retries } = (await worker.jobs.get(jobId))!;
    assert.deepEqual([state, attempt, retries], [takenOver ? "running" : "succeeded", 2, 0]);
  }
});

Deno.test("runWorker() ends a job whose workers died in every attempt, counts it and says so", async () => {
  const worker = harness({ settings: { maxAttempts: 2 } });
  const { jobId } = await worker.submit();
  for (const lockedBy of ["dead-1", "dead-2"]) {
    assert.equal((await worker.queue.claimNext({ lockedBy, leaseSeconds: 1, maxAttempts: 2 }))?.jobId, jobId);
    await worker.clock.advance(1000);
  }
  await whileRunning(worker, () => until(() => worker.metrics.exhausted === 1));
  const job = (await worker.jobs.get(jobId)) as Job;
  assert.deepEqual([job.state, job.attempt, job.retries], ["failed", 2, 1]);
  assert.equal(job.lastErrorJson?.code, "attempts_exhausted");
  assert.deepEqual(worker.metrics.outcomes, []);
  const line = worker.log.lines.find(({ event }) => event === "attempts_exhausted");
  assert.deepEqual([line?.level, line?.fields.job_id, line?.fields.attempt], ["error", jobId, 2]);
  assert.equal(line?.fields.trace_id, traceId);
});

Deno.test("runWorker() writes no trace id about a job that came without one", async () => {
  const worker = harness();
  const { traceId: _, ...job } = await worker.submit();
  await worker.jobs.create({ ...job, jobId: "99999999-0000-4000-8000-000000000001" }, { maxActive: 9 });
  await whileRunning(worker, () => until(() => worker.metrics.outcomes.length === 2));
  const lines = worker.log.lines.filter(({ fields }) =>
    fields.job_id === "99999999-0000-4000-8000-000000000001"
  );
  assert.ok(lines.length > 3);
  assert.ok(lines.every(({ fields }) => !("trace_id" in fields)));
});

Deno.test("runWorker() tells how long each claim took", async () => {
  const seconds: number[] = [];
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        async claimNext(claim) {
          await worker.clock.advance(20);
          return await queue.claimNext(claim);
        },
      },
    }),
  });
  const metrics = {
    ...worker.deps.metrics,
    claimAnswered: (claim: { readonly seconds: number }) => void seconds.push(claim.seconds),
  };
  await whileRunning(
    { ...worker, deps: { ...worker.deps, metrics } },
    () => until(() => seconds.length === 1),
  );
  assert.deepEqual(seconds, [0.02]);
});

Deno.test("S004-15 S004-17 runWorker() tells a reclaim from the first claim and from one after a release", async () => {
  const seen: unknown[] = [];
  const worker = harness();
  const metrics = {
    ...worker.deps.metrics,
    jobClaimed: (claim: Parameters<typeof worker.deps.metrics.jobClaimed>[0]) => void seen.push(claim),
  };
  await worker.submit();
  await worker.clock.advance(7000);
  const next = async (end: "release" | "die") => {
    const job = (await worker.queue.claimNext({ lockedBy: "other", leaseSeconds: 1 }))!;
    if (end === "release") {
      await worker.queue.release({ jobId: job.jobId, lockedBy: "other", attempt: job.attempt });
    }
    await worker.clock.advance(1000);
  };
  const run = { ...worker, deps: { ...worker.deps, metrics } };
  await next("release");
  await whileRunning(run, () => until(() => worker.metrics.outcomes.length === 1));
  await worker.submit();
  await next("die");
  await whileRunning(run, () => until(() => worker.metrics.outcomes.length === 2));
  await worker.submit();
  await worker.clock.advance(3000);
  await whileRunning(run, () => until(() => worker.metrics.outcomes.length === 3));
  assert.deepEqual(seen, [
    { queueWaitSeconds: null, reclaim: false },
    { queueWaitSeconds: null, reclaim: true },
    { queueWaitSeconds: 3, reclaim: false },
  ]);
});

Deno.test("13 runWorker() outlives a bug in running a job, says so, and does not take it for the database's fault", async () => {
  const worker = harness();
  await worker.submit();
  let logs = 0;
  const log = {
    ...worker.log,
    with(fields: Parameters<typeof worker.log.with>[0]) {
      // the worker's own of the job comes first, then that of the run
      if (++logs === 2) throw new Error("bug");
      return worker.log.with(fields);
    },
  };
  await whileRunning({ ...worker, deps: { ...worker.deps, log } }, () => until(() => claims(worker) === 2));
  assert.deepEqual(worker.metrics.outcomes, ["lease_lost"]);
  const crashed = worker.log.lines.filter(({ event }) => event === "job_processing_crashed");
  assert.deepEqual(crashed.map(({ fields }) => (fields.error as Error).message), ["bug"]);
  assert.ok(!worker.writes.some(({ method }) => method === "surrender"));
});

Deno.test("runWorker() claims by the policy and the budget of its settings", async () => {
  const worker = harness({ settings: { claimPolicy: "fair", maxAttempts: 7 } });
  await whileRunning(worker, () => idleAfter(worker, 1));
  assert.deepEqual(worker.writes[0]!.args, [
    { lockedBy: "worker-1", leaseSeconds: 60, maxAttempts: 7, policy: "fair" },
  ]);
});

Deno.test("S000-39 S001-14 every line about a job carries job_id, attempt, locked_by and stage", async () => {
  const worker = harness({ settings: { snapshotVariantsStep: 1 } });
  const { jobId } = await worker.submit();
  await whileRunning(worker, () => until(() => worker.metrics.outcomes.length === 1));
  const lines = worker.log.lines;
  assert.deepEqual([...new Set(lines.map(({ event }) => event))], [
    "job_claimed",
    "stage_started",
    "stage_finished",
    "snapshot_written",
    "job_processed",
  ]);
  for (const { fields } of lines) {
    assert.equal(fields.job_id, jobId);
    assert.equal(fields.attempt, 1);
    assert.equal(fields.locked_by, "worker-1");
    assert.equal(fields.trace_id, traceId);
    assert.ok(["stage_a", "stage_b", "finalizing"].includes(String(fields.stage)));
  }
  assert.equal(lines.at(-1)?.fields.status, "succeeded");
});

Deno.test("S001-14 the lines of trouble carry them too", async () => {
  let failing = 2;
  const worker = harness({
    batchUnits: 1,
    before: () => worker.clock.advance(16_000),
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        heartbeat: (...args) => failing-- > 0 ? down() : queue.heartbeat(...args),
        updateProgress: (...args) => failing-- > 0 ? down() : queue.updateProgress(...args),
      },
    }),
  });
  const { jobId } = await worker.submit();
  await worker.jobs.get(jobId);
  await whileRunning(worker, async () => {
    await until(() => {
      void worker.clock.advance(100);
      return worker.metrics.outcomes.length === 1;
    });
  });
  const trouble = worker.log.lines.filter(({ event }) =>
    ["heartbeat_failed", "storage_retry"].includes(event)
  );
  assert.ok(trouble.length > 0);
  for (const { fields } of trouble) {
    assert.deepEqual([fields.job_id, fields.attempt, fields.locked_by], [jobId, 1, "worker-1"]);
    assert.equal(fields.trace_id, traceId);
    assert.ok(fields.stage);
  }
  assert.equal((await worker.jobs.listForUser({ userId, limit: 1 })).items[0]!.state, "succeeded");
});
