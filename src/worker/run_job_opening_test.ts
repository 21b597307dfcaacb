import assert from "node:assert/strict";
import { until } from "../../tests/helpers/until.ts";
import { harness, userId } from "../../tests/helpers/worker_harness.ts";
import type { Compute } from "../ports/compute.ts";
import { runJob } from "./run_job.ts";

Deno.test("13 a cancel or a stop ends a sweep that is still being opened, which is closed once it is open", async () => {
  for (const [how, outcome] of [["cancel", "cancelled"], ["stop", "released"]] as const) {
    const worker = harness();
    const opening = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    let asked = false;
    const compute: Compute = {
      ...worker.compute,
      async open(input) {
        asked = true;
        await opening.promise;
        const session = await worker.compute.open(input);
        return { ...session, [Symbol.asyncDispose]: () => Promise.resolve(closed.resolve()) };
      },
    };
    const stop = new AbortController();
    const { jobId } = await worker.submit();
    const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
    const claim = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
    const running = runJob(claim, { deps: { ...worker.deps, compute }, stop: stop.signal });
    await until(() => asked);
    if (how === "cancel") await worker.jobs.cancel({ jobId, userId });
    else stop.abort();
    assert.equal((await running).outcome, outcome);
    assert.deepEqual(worker.compute.calls, []);
    opening.resolve();
    await closed.promise;
  }
});

Deno.test("13 what a job may hold is told to the compute", async () => {
  const maxBytes = 70_000_000;
  const guards = { maxVariants: 600_000, maxVariantsExhaustive: 600_000, maxBytes };
  const worker = harness({ settings: { guards } });
  const told: (number | undefined)[] = [];
  const compute: Compute = {
    ...worker.compute,
    open(input) {
      told.push(input.maxBytes);
      return worker.compute.open(input);
    },
  };
  await worker.submit();
  const job = (await worker.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
  const claim = { job, lockedBy: "worker-1", sentMs: worker.clock.monotonicMs() };
  const { outcome } = await runJob(claim, {
    deps: { ...worker.deps, compute },
    stop: new AbortController().signal,
  });
  assert.equal(outcome, "succeeded");
  assert.deepEqual(told, [maxBytes]);
});
