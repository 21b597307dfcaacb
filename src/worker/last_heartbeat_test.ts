import assert from "node:assert/strict";
import type { ComputeCall } from "../../tests/helpers/scripted_compute.ts";
import { until } from "../../tests/helpers/until.ts";
import { type Harness, harness } from "../../tests/helpers/worker_harness.ts";
import type { LeaseStatus } from "../ports/job_queue.ts";

const alive: LeaseStatus = { cancelRequestedAtMs: null, leaseExpiresAtMs: 0 };

/** How a job may end, and what makes it end so. */
const ends = [
  { write: "succeed", outcome: "succeeded", bug: false },
  { write: "finish", outcome: "failed", bug: true },
] as const;

/**
 * A worker of which the timer sends one heartbeat between the last boundary of its job and the write that ends it: while the
 * planes are stored, or in a batch that then fails. The test answers it.
 */
function withLastHeartbeat({ write, bug }: typeof ends[number]) {
  const answer = Promise.withResolvers<LeaseStatus | null>();
  let sent = 0;
  const worker: Harness = harness({
    before: async ({ kind }: ComputeCall) => {
      if (!bug || kind !== "risk") return;
      await worker.clock.advance(15_000);
      throw new RangeError("bug");
    },
    sabotage: ({ queue, results }) => ({
      queue: {
        ...queue,
        heartbeat() {
          sent++;
          return answer.promise;
        },
        // a database that takes its time with the last write
        async [write](...args: unknown[]) {
          await worker.clock.advance(40_000);
          return await (queue[write] as (...args: unknown[]) => Promise<never>)(...args);
        },
      },
      results: {
        ...results,
        async savePlanes(...args) {
          await worker.clock.advance(15_000);
          return await results.savePlanes(...args);
        },
      },
    }),
  });
  const written = () => worker.writes.some(({ method }) => method === write);
  return { worker, answer, written, sent: () => sent };
}

/** Gives everything that does not wait for the test its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

for (const end of ends) {
  Deno.test(`13 a job is not ended by ${end.write}() while a heartbeat is under way, nor when that finds the lease lost`, async () => {
    const { worker, answer, written, sent } = withLastHeartbeat(end);
    await worker.submit();
    const running = worker.runNext();
    await until(() => sent() === 1);
    await turns();
    assert.equal(written(), false, "written before the heartbeat was answered");
    answer.resolve(null);
    assert.equal(await running, "lease_lost");
    assert.equal(written(), false);
  });

  Deno.test(`13 no heartbeat is sent while ${end.write}() is under way, however long it takes`, async () => {
    const { worker, answer, sent } = withLastHeartbeat(end);
    const { jobId } = await worker.submit();
    const running = worker.runNext();
    await until(() => sent() === 1);
    answer.resolve(alive);
    assert.equal(await running, end.outcome);
    assert.equal(sent(), 1);
    assert.equal((await worker.jobs.get(jobId))?.state, end.outcome);
  });
}
