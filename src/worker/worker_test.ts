import assert from "node:assert/strict";
import { BacktestError } from "../core/errors.ts";
import { harness } from "../../tests/helpers/worker_harness.ts";
import { until } from "../../tests/helpers/until.ts";
import { runWorker } from "./worker.ts";

Deno.test("S000-05 runWorker() polls an empty queue every claim_poll_seconds", async () => {
  const worker = harness({ settings: { claimPollSeconds: 2 } });
  const stop = new AbortController();
  const running = runWorker(worker.deps, { lockedBy: "worker-1", stop: stop.signal });
  await until(() => worker.clock.sleepers === 1);
  await worker.clock.advance(10_000);
  stop.abort();
  await running;
  assert.equal(worker.writes.filter(({ method }) => method === "claimNext").length, 6);
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

Deno.test("runWorker() outlives a claim that fails and says so", async () => {
  let claims = 0;
  const worker = harness({
    sabotage: ({ queue }) => ({
      queue: {
        ...queue,
        claimNext: (claim) => {
          if (claims++ === 0) return Promise.reject(new BacktestError("storage_unavailable", "down"));
          return queue.claimNext(claim);
        },
      },
    }),
  });
  const stop = new AbortController();
  await worker.submit();
  const running = runWorker(worker.deps, { lockedBy: "worker-1", stop: stop.signal });
  await until(() => worker.clock.sleepers === 1);
  await worker.clock.advance(1000);
  await until(() => worker.metrics.outcomes.length === 1);
  stop.abort();
  await running;
  assert.deepEqual(worker.metrics.outcomes, ["succeeded"]);
  assert.equal(worker.log.lines[0].event, "claim_failed");
});

Deno.test("S000-39 S001-14 every line about a job carries job_id, attempt, locked_by and stage", async () => {
  const worker = harness({ settings: { snapshotVariantsStep: 1 } });
  const stop = new AbortController();
  const { jobId } = await worker.submit();
  const running = runWorker(worker.deps, { lockedBy: "worker-1", stop: stop.signal });
  await until(() => worker.metrics.outcomes.length === 1);
  stop.abort();
  await running;
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
    assert.ok(["stage_a", "stage_b", "finalizing"].includes(String(fields.stage)));
  }
  assert.equal(lines.at(-1)?.fields.status, "succeeded");
});
