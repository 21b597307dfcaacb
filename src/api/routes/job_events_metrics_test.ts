import assert from "node:assert/strict";
import { apiWorld } from "../../../tests/helpers/api_world.ts";
import { until } from "../../../tests/helpers/until.ts";
import { requestBody, userId } from "../../../tests/helpers/worker_harness.ts";

Deno.test("open event streams are counted until their reader has gone", async () => {
  const open: number[] = [];
  const metrics = {
    requestAnswered() {},
    syncRuns() {},
    eventStreams: (total: number) => void open.push(total),
  };
  const world = apiWorld({ metrics });
  const { job_id: jobId } = (await world.send("POST", "/backtests/jobs", { body: requestBody() })).json;
  const follow = async () => {
    const request = new Request(`http://127.0.0.1:8000/backtests/jobs/${jobId}/events`, {
      headers: { "x-test-user": userId },
    });
    const { body } = await world.api.fetch(request);
    const reader = body!.getReader();
    await reader.read();
    return reader;
  };
  const first = await follow();
  const second = await follow();
  assert.deepEqual(open, [1, 2]);
  await first.cancel();
  await second.cancel();
  // a stream notices in its next turn
  await until(() => open.length === 4);
  assert.deepEqual(open, [1, 2, 1, 0]);
});
