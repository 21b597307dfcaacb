import assert from "node:assert/strict";
import type { ManualClock } from "../../src/adapters/memory/clock.ts";
import { eventStream } from "../../src/client/event_stream.ts";
import { leaseOf } from "../contract/job_stores.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";

const writes = 300;
const pollMs = 250;

Deno.test("GET .../events holds a few states at most for a reader who does not read, and gives him the newest", async () => {
  const world = apiWorld();
  const clock = world.deps.clock as ManualClock;
  const { json: { job_id } } = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  const lease = leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!);
  const response = await world.api.fetch(
    new Request(`http://127.0.0.1:8000/backtests/jobs/${job_id}/events`, {
      headers: { "x-test-user": userId },
    }),
  );
  for (let units = 1; units <= writes; units++) {
    await world.queue.updateProgress(lease, { stage: "stage_a", processedUnits: units, totalUnits: writes });
    await clock.advance(pollMs);
  }
  await world.queue.finish(lease, { state: "cancelled" });
  await clock.advance(pollMs);
  const told: string[] = [];
  for await (const { data } of eventStream(response.body!)) {
    const { processed_units, state } = JSON.parse(data);
    told.push(`${processed_units} ${state}`);
  }
  assert.equal(told.at(-1), `${writes} cancelled`);
  assert.ok(told.length <= 4, told.join());
});
