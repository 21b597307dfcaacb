import type { JobEvent } from "../../src/answers/job.ts";
import assert from "node:assert/strict";
import { ApiError } from "../../src/client/api_error.ts";
import type { ManualClock } from "../memory/clock.ts";
import { jobEventSchema } from "../../src/answers/job.ts";
import { BacktestClient } from "../../src/client/client.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { leaseOf, reportedVariant } from "../contract/job_stores.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";

const strangerId = "22222222-2222-4222-8222-222222222222";
const headers = { "x-test-user": userId };

/** Real time, because events come by looking again; the stores keep a clock that stands still. */
function liveWorld(): ApiWorld & { readonly client: BacktestClient } {
  const world = apiWorld({ clock: systemClock() });
  // the stores of the inner world are those its API was built over
  const client = new BacktestClient({
    baseUrl: "http://127.0.0.1:8000/",
    headers,
    fetch: (request) => world.api.fetch(request),
    sleep: () => Promise.resolve(),
  });
  return { ...world, client };
}

async function running(world: ApiWorld & { readonly client: BacktestClient }) {
  const { job_id } = await world.client.submitJob(requestBody());
  return leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!) satisfies {
    readonly jobId: typeof job_id;
  };
}

async function open(world: ApiWorld, path: string, lastId?: string): Promise<Response> {
  return await world.api.fetch(
    new Request(`http://127.0.0.1:8000/backtests/jobs${path}`, {
      headers: { ...headers, ...(lastId === undefined ? {} : { "last-event-id": lastId }) },
    }),
  );
}

Deno.test("GET .../events sends states as server-sent events and closes after the terminal one", async () => {
  const world = liveWorld();
  const lease = await running(world);
  await world.queue.succeed(lease, [reportedVariant(1)]);
  const response = await open(world, `/${lease.jobId}/events`);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const text = await response.text();
  const [retry, event, rest] = text.split("\n\n");
  assert.equal(retry, "retry: 2000");
  assert.match(event!, /^event: job\ndata: \{.*"state":"succeeded".*"terminal":true\}\nid: [0-9a-f]{12}$/);
  assert.equal(rest, "");
  const told = JSON.parse(/^data: (.+)$/m.exec(event!)![1]!);
  assert.deepEqual(jobEventSchema.strict().parse(told), told);
  const id = /id: (.+)/.exec(event!)![1]!;
  assert.equal((await open(world, `/${lease.jobId}/events`, id)).status, 204);
  const stale = await open(world, `/${lease.jobId}/events`, "000000000000");
  assert.match(await stale.text(), /"state":"succeeded"/);
  const nonsense = await open(world, `/${lease.jobId}/events`, "a.b.c");
  assert.match(await nonsense.text(), /"state":"succeeded"/);
});

Deno.test("GET .../events sends a comment once it had nothing to say for 15 s, and another 15 s later", async () => {
  const world = apiWorld();
  const clock = world.deps.clock as ManualClock;
  const { json: { job_id } } = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  const stream = await open(world, `/${job_id}/events`);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\nid: ")) text += (await reader.read()).value;
  for (let comment = 1; comment <= 2; comment++) {
    let told = false;
    const next = reader.read().finally(() => told = true);
    for (let ms = 0; ms < 14_500; ms += 500) await clock.advance(500);
    assert.equal(told, false);
    await clock.advance(1000);
    assert.equal((await next).value, ": still here\n\n");
  }
  await reader.cancel();
});

Deno.test("watchJobs() follows many jobs in one stream, resumes where it broke, and ends with the last job", async () => {
  const world = liveWorld();
  const first = await running(world);
  const second = await running(world);
  let streams = 0;
  const lastIds: (string | null)[] = [];
  const client = new BacktestClient({
    baseUrl: "http://127.0.0.1:8000",
    headers,
    sleep: () => Promise.resolve(),
    async fetch(request) {
      lastIds.push(request.headers.get("last-event-id"));
      const response = await world.api.fetch(request);
      return ++streams === 1 ? cutAfterEvents(response, 2) : response;
    },
  });
  const states: JobEvent[] = [];
  for await (const state of client.watchJobs([first.jobId, second.jobId])) {
    states.push(state);
    if (states.length === 2) await world.queue.succeed(first, []);
    if (states.length === 3) await world.queue.finish(second, { state: "cancelled" });
  }
  assert.deepEqual(states.map(({ job_id, state }) => [job_id, state]), [
    [first.jobId, "running"],
    [second.jobId, "running"],
    [first.jobId, "succeeded"],
    [second.jobId, "cancelled"],
  ]);
  assert.equal(lastIds[0], null);
  assert.match(lastIds[1]!, /^[0-9a-f]{12}\.[0-9a-f]{12}$/);
});

/** The answer as a line that breaks gives it. */
function cutAfterEvents(response: Response, count: number): Response {
  let seen = 0;
  let cut = false;
  const body = response.body!.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (cut) return;
        controller.enqueue(chunk);
        seen += new TextDecoder().decode(chunk).split("event: job").length - 1;
        if (seen >= count) {
          cut = true;
          controller.terminate();
        }
      },
    }),
  );
  return new Response(body, response);
}

Deno.test("GET .../events: a reader who goes away frees its place, and one user has 20 of them", async () => {
  const world = liveWorld();
  const { jobId } = await running(world);
  const streams = await Promise.all(Array.from({ length: 20 }, () => open(world, `/${jobId}/events`)));
  const refused = await open(world, `/${jobId}/events`);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "2");
  await refused.body?.cancel();
  for (const stream of streams) await stream.body!.cancel();
  let again = await open(world, `/${jobId}/events`);
  for (let tries = 0; again.status !== 200 && tries < 1000; tries++) {
    await again.body?.cancel();
    again = await open(world, `/${jobId}/events`);
  }
  assert.equal(again.status, 200);
  await again.body!.cancel();
});

Deno.test("GET /backtests/jobs/events refuses no job, too many, a malformed id and another user's job", async () => {
  const world = liveWorld();
  const { jobId } = await running(world);
  const many = Array.from({ length: 51 }, () => `job_id=${jobId}`).join("&");
  assert.equal(
    (await world.send("GET", "/backtests/jobs/events")).json.error.details.errors[0].code,
    "required",
  );
  assert.equal((await world.send("GET", `/backtests/jobs/events?${many}`)).status, 422);
  const malformed = await world.send("GET", `/backtests/jobs/events?job_id=${jobId}&job_id=x`);
  assert.equal(malformed.status, 422);
  const [{ path, code }] = malformed.json.error.details.errors;
  assert.deepEqual([path, code], ["query.job_id.1", "uuid_parsing"]);
  const foreign = await world.send("GET", `/backtests/jobs/events?job_id=${jobId}`, { user: strangerId });
  assert.equal(foreign.status, 403);
});

Deno.test("BacktestClient speaks to every route of jobs and rejects with code, status and details", async () => {
  const world = liveWorld();
  const { client } = world;
  const submitted = await client.submitJob(requestBody(), { idempotencyKey: "k" });
  assert.deepEqual(await client.submitJob(requestBody(), { idempotencyKey: "k" }), submitted);
  assert.equal((await client.listJobs({ state: "queued", limit: 1 })).items[0]!.job_id, submitted.job_id);
  const lease = leaseOf((await world.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!);
  await world.queue.succeed(lease, [reportedVariant(1)]);
  assert.equal((await client.job(submitted.job_id)).state, "succeeded");
  assert.equal((await client.topRows(submitted.job_id, { limit: 1 })).items.length, 1);
  assert.equal((await client.cancelJob(submitted.job_id)).state, "succeeded");
  const file = await client.file(submitted.job_id, "top.parquet");
  assert.equal(new TextDecoder().decode(file.subarray(0, 4)), "PAR1");
  await assert.rejects(client.heatmap(submitted.job_id), { status: 404 });
  await assert.rejects(client.submitJob({ top_k: 0 }), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual([error.code, error.status], ["validation_error", 422]);
    assert.ok(Array.isArray(error.details.errors));
    return true;
  });
  const other = new BacktestClient({
    baseUrl: "http://127.0.0.1:8000",
    fetch: () => Promise.resolve(new Response("<html>", { status: 502 })),
  });
  await assert.rejects(other.job("x"), { code: "http_error", status: 502 });
});
