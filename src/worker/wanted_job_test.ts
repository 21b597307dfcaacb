import assert from "node:assert/strict";
import { until } from "../../tests/helpers/until.ts";
import { type Harness, harness, userId } from "../../tests/helpers/worker_harness.ts";
import type { Compute, ComputeSession } from "../ports/compute.ts";
import { runJob } from "./run_job.ts";

/** A compute like the harness's, whose calls of one kind take for ever, until the sweep's signal aborts. */
function endless(compute: Compute, kind: "scoreBase" | "scoreRisk" | "report") {
  const state = { under: 0 };
  const open: Compute["open"] = async (input) => {
    const session = await compute.open(input);
    const hang = () => {
      state.under++;
      return new Promise<never>((_, reject) =>
        input.signal!.addEventListener("abort", () => reject(input.signal!.reason), { once: true })
      );
    };
    return { ...session, [kind]: hang } as ComputeSession;
  };
  return { compute: { ...compute, open }, state };
}

/** Ways in which a job stops being wanted, with what becomes of it. */
const ends: readonly [
  string,
  string,
  (world: Harness, job: { jobId: string; stop: AbortController }) => unknown,
][] = [
  ["a cancel", "cancelled", ({ jobs }, { jobId }) => jobs.cancel({ jobId, userId })],
  ["the worker's stop", "released", (_, { stop }) => stop.abort()],
  ["the end of the lease", "lease_lost", ({ clock }) => clock.advance(61_000)],
];

for (const kind of ["scoreBase", "scoreRisk", "report"] as const) {
  for (const [what, outcome, end] of ends) {
    Deno.test(`13 ${what} ends a job in a call that never ends: ${kind}()`, async () => {
      const world = harness({
        // a database that is gone takes every heartbeat with it
        sabotage: ({ queue }) =>
          outcome === "lease_lost" ? { queue: { ...queue, heartbeat: () => new Promise(() => {}) } } : {},
      });
      const { compute, state } = endless(world.compute, kind);
      const stop = new AbortController();
      const { jobId } = await world.submit();
      const job = (await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
      const claim = { job, lockedBy: "worker-1", sentMs: world.clock.monotonicMs() };
      const running = runJob(claim, { deps: { ...world.deps, compute }, stop: stop.signal });
      await until(() => state.under > 0);
      await end(world, { jobId, stop });
      assert.equal((await running).outcome, outcome);
      assert.equal(world.clock.sleepers, 0, "a timer is left");
    });
  }
}
