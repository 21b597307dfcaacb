import assert from "node:assert/strict";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { ManualClock } from "../memory/clock.ts";
import { eventStream } from "../../src/client/event_stream.ts";
import { leaseOf, newJob, topVariant } from "../contract/job_stores.ts";
import { apiProcess } from "../helpers/api_process.ts";
import { apiWorld } from "../helpers/api_world.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";
import { workerWorld } from "../helpers/worker_world.ts";

const writes = 300;
const pollMs = 250;
const postgres = embeddedPostgres();

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

/** More than the buffers of both ends of a connection hold, when all of it is sent. */
const large = { writes: 14, bytes: 2_000_000 };

Deno.test("GET .../events does not keep for a socket that is not read what it does not take", async () => {
  await using world = await workerWorld(postgres);
  await using api = await apiProcess(world);
  await world.sql(async (sql) => {
    const { jobs, queue, results } = postgresJobs(sql);
    const { jobId } = await jobs.create(newJob(1), { maxActive: 1 });
    const lease = leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!);
    const authorization = `Bearer ${await api.token(userId)}`;
    const path = `/backtests/jobs/${jobId}/events`;
    const reading = eventStream((await fetch(`${api.url}${path}`, { headers: { authorization } })).body!);
    assert.equal(JSON.parse((await reading.next()).value!.data).processed_units, 0);

    const { hostname, port } = new URL(api.url);
    using socket = await Deno.connect({ hostname, port: Number(port) });
    const head = `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${authorization}\r\n\r\n`;
    await socket.write(new TextEncoder().encode(head));
    for (let units = 1; units <= large.writes; units++) {
      const variantKey = units.toString(16).padStart(64, "0");
      const { payload } = topVariant(1);
      const selection = payload.indicator_selections![0]!;
      const inputs = { source: "x".repeat(large.bytes) } as unknown as typeof selection.inputs;
      const indicator_selections = [{ ...selection, inputs }];
      const row = topVariant(1, { variantKey, payload: { ...payload, indicator_selections } });
      await results.replaceTopVariants(lease, [row]);
      while (JSON.parse((await reading.next()).value!.data).best?.variant_key !== variantKey);
    }
    await queue.finish(lease, { state: "cancelled" });
    while (!JSON.parse((await reading.next()).value!.data).terminal);

    let text = "";
    for await (const chunk of socket.readable.pipeThrough(new TextDecoderStream())) {
      text += chunk.replaceAll("x", "");
      if (text.includes('"terminal":true')) break;
    }
    const told = text.split("event: job").length - 1;
    assert.ok(told >= 2 && told < large.writes, `${told} of ${large.writes} states were kept`);
  });
});
