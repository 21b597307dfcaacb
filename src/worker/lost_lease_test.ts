import assert from "node:assert/strict";
import { until } from "../../tests/helpers/until.ts";
import { type Harness, harness, type HarnessOptions, traceId } from "../../tests/helpers/worker_harness.ts";
import { BacktestError } from "../core/errors/mod.ts";
import type { Clock } from "../ports/clock.ts";
import type { JobQueue } from "../ports/job_queue.ts";
import { runJob } from "./run_job.ts";
import { runWorker } from "./worker.ts";

const down = () => Promise.reject(new BacktestError("storage_unavailable", "down"));

/** Runs a worker, the clock going on by itself, until something has happened. */
async function workUntil(worker: Harness, condition: () => boolean, deps = worker.deps): Promise<void> {
  const stop = new AbortController();
  const running = runWorker(deps, { lockedBy: "worker-1", stop: stop.signal });
  try {
    await until(() => {
      void worker.clock.advance(500);
      return condition();
    });
  } finally {
    stop.abort();
    await running;
  }
}

/** A queue of which some calls fail while they are told to. */
function whileUp(queue: JobQueue, { isGone, calls }: {
  readonly isGone: () => boolean;
  readonly calls: readonly (keyof JobQueue)[];
}): JobQueue {
  const failing = calls.map((name) => {
    const call = queue[name] as (...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => isGone() ? down() : call(...args)];
  });
  return { ...queue, ...Object.fromEntries(failing) };
}

const lines = ({ log }: Harness, event: string) => log.lines.filter((line) => line.event === event);

const ways: readonly (readonly [what: string, calls: readonly (keyof JobQueue)[]])[] = [
  ["neither heartbeats nor writes", ["heartbeat", "check", "updateProgress", "surrender", "claimNext"]],
  ["no heartbeats, with no write due,", ["heartbeat"]],
  ["no writes, but heartbeats,", ["check", "updateProgress", "release", "surrender", "claimNext"]],
];
for (const [what, calls] of ways) {
  Deno.test(`13 a worker whose lease ran out while ${what} were answered gives the attempt back and goes on`, async () => {
    let goneFromMs = Infinity;
    const worker: Harness = harness({
      before: async ({ kind }) => {
        if (kind !== "risk" || goneFromMs < Infinity) return;
        goneFromMs = worker.clock.nowMs();
        // heartbeats of the timer are not answered meanwhile
        if (calls.length === 1) await worker.clock.advance(61_000);
      },
      sabotage: ({ queue }) => ({
        queue: whileUp(queue, {
          isGone: () => worker.clock.nowMs() >= goneFromMs && worker.clock.nowMs() < goneFromMs + 140_000,
          calls,
        }),
      }),
    });
    const { jobId } = await worker.submit();
    await workUntil(worker, () => worker.metrics.outcomes.length === 2);
    assert.deepEqual(worker.metrics.outcomes, ["lease_lost", "succeeded"]);
    assert.deepEqual(lines(worker, "lease_lost").map(({ fields }) => fields.cut_off), [true]);
    // nobody died: the second attempt has spent no retry
    const job = (await worker.jobs.get(jobId))!;
    assert.deepEqual([job.state, job.attempt, job.retries], ["succeeded", 2, 0]);
    const surrenders = worker.writes.filter(({ method }) => method === "surrender");
    for (const { args } of surrenders) assert.deepEqual(args, [{ jobId, lockedBy: "worker-1", attempt: 1 }]);
    assert.deepEqual(lines(worker, "attempt_given_back").map(({ level, fields }) => [level, fields]), [[
      "info",
      { job_id: jobId, attempt: 1, given_back: true, status: "queued", retries: 0 },
    ]]);
  });
}

Deno.test("13 a worker says that it has nothing to give back when the job has ended meanwhile", async () => {
  let gone = false;
  const worker: Harness = harness({
    before: async ({ kind }) => {
      if (kind !== "risk" || gone) return;
      gone = true;
      await worker.clock.advance(61_000);
      // another worker takes it over and ends it
      const job = (await worker.queue.claimNext({ lockedBy: "other", leaseSeconds: 60 }))!;
      await worker.queue.finish({ jobId: job.jobId, lockedBy: "other", attempt: 2 }, { state: "cancelled" });
    },
    sabotage: ({ queue }) => ({ queue: whileUp(queue, { isGone: () => gone, calls: ["heartbeat"] }) }),
  });
  const { jobId } = await worker.submit();
  await workUntil(worker, () => lines(worker, "attempt_given_back").length > 0);
  assert.equal((await worker.jobs.get(jobId))?.state, "cancelled");
  assert.equal(lines(worker, "lease_lost")[0]?.fields.cut_off, true);
  assert.deepEqual(lines(worker, "attempt_given_back").map(({ fields }) => fields), [
    { job_id: jobId, attempt: 1, given_back: false },
  ]);
});

/** A worker that stands still for longer than its lease in the first batch of Stage B; its clock knows, its timers do not. */
async function stoodStill(options: HarnessOptions = {}): Promise<Harness> {
  let stoodMs = 0;
  const worker: Harness = harness({
    batchUnits: 1,
    ...options,
    before: ({ kind }) => {
      if (kind === "risk") stoodMs = 61_000;
    },
  });
  await worker.submit();
  const clock = { ...worker.clock, monotonicMs: () => worker.clock.monotonicMs() + stoodMs };
  await workUntil(worker, () => worker.metrics.outcomes.length > 0, { ...worker.deps, clock });
  assert.deepEqual(worker.metrics.outcomes, ["lease_lost"]);
  return worker;
}

Deno.test("13 a worker that stood still for longer than its lease gives nothing back: the attempt was in vain", async () => {
  const worker = await stoodStill();
  assert.deepEqual(lines(worker, "lease_lost").map(({ fields }) => [fields.cut_off, fields.trace_id]), [
    [false, traceId],
  ]);
  assert.ok(!worker.writes.some(({ method }) => method === "surrender"));
});

Deno.test("13 a write that had to be sent twice long ago does not make a lost lease the database's fault", async () => {
  let failures = 2;
  const worker = await stoodStill({
    sabotage: ({ queue }) => ({
      queue: whileUp(queue, { isGone: () => failures-- > 0, calls: ["updateProgress"] }),
    }),
  });
  assert.equal(lines(worker, "storage_retry").length, 2);
  assert.deepEqual(lines(worker, "lease_lost").map(({ fields }) => fields.cut_off), [false]);
  assert.ok(!worker.writes.some(({ method }) => method === "surrender"));
});

Deno.test("13 a job that ended, was cancelled or given back leaves nothing to give back", async () => {
  const stopped = new AbortController();
  stopped.abort();
  const cases = [
    ["succeeded", () => {}, new AbortController().signal],
    ["failed", () => assert.fail("bug"), new AbortController().signal],
    ["released", () => {}, stopped.signal],
  ] as const;
  for (const [outcome, before, stop] of cases) {
    const worker = harness({ before });
    await worker.submit();
    const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
    const end = await runJob({ job, lockedBy: "worker-1", sentMs: 0 }, { deps: worker.deps, stop });
    assert.deepEqual([end.outcome, end.cutOff], [outcome, false]);
  }
});

Deno.test("13 a claim that is older than its lease before its job begins is lost, and not the database's fault", async () => {
  const worker = harness();
  await worker.submit();
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const claim = { job, lockedBy: "worker-1", sentMs: -60_000 };
  const end = await runJob(claim, { deps: worker.deps, stop: new AbortController().signal });
  assert.deepEqual(end, { outcome: "lease_lost", stage: "stage_a", cutOff: false });
});

Deno.test("13 a worker whose timers get no turn sends its heartbeats at the boundaries of all stages", async () => {
  let busyMs = 0;
  const worker = harness({ batchUnits: 1, before: () => void (busyMs += 20_000) });
  await worker.submit();
  const clock: Clock = {
    nowMs: worker.clock.nowMs,
    monotonicMs: () => busyMs,
    sleep: (_ms, signal) => new Promise((wake) => signal?.addEventListener("abort", () => wake())),
  };
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const claim = { job, lockedBy: "worker-1", sentMs: 0 };
  const { outcome } = await runJob(claim, {
    deps: { ...worker.deps, clock },
    stop: new AbortController().signal,
  });
  assert.equal(outcome, "succeeded");
  const beats = worker.writes.filter(({ method }) => method === "heartbeat").length;
  assert.ok(beats >= worker.compute.calls.length / 2, `${beats} heartbeats`);
});
