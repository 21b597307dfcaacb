import assert from "node:assert/strict";
import fc from "fast-check";
import type { ManualClock } from "../memory/clock.ts";
import { type ApiWorld, apiWorld } from "../helpers/api_world.ts";
import { localApi, untilMetric } from "../helpers/local_api.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { rawConnection } from "../helpers/raw_connection.ts";
import { requestBody, userId } from "../helpers/worker_harness.ts";
import { workerWorld } from "../helpers/worker_world.ts";

const postgres = embeddedPostgres();
const perUser = 20;

/** A world with a job to be watched, its count of open streams, and a database that can be frozen. */
async function watchedWorld() {
  let open = 0;
  let thaw = Promise.withResolvers<void>();
  thaw.resolve();
  const metrics = {
    requestAnswered() {},
    syncRuns() {},
    eventStreams: (total: number) => void (open = total),
  };
  const plain = apiWorld();
  const jobs = { ...plain.deps.jobs!, jobs: Object.create(plain.jobs) as typeof plain.jobs };
  jobs.jobs.get = async (jobId) => {
    await thaw.promise;
    return await plain.jobs.get(jobId);
  };
  const world: ApiWorld = apiWorld({ jobs, metrics, clock: plain.deps.clock });
  const { json: { job_id: jobId } } = await world.send("POST", "/backtests/jobs", { body: requestBody() });
  return {
    clock: plain.deps.clock as ManualClock,
    open: () => open,
    freeze: () => void (thaw = Promise.withResolvers()),
    thaw: () => thaw.resolve(),
    fetch: (client: AbortSignal, method = "GET") =>
      world.api.fetch(
        new Request(`http://127.0.0.1:8000/backtests/jobs/${jobId}/events`, {
          method,
          headers: { "x-test-user": userId },
        }),
        { client },
      ),
  };
}

type Watched = Awaited<ReturnType<typeof watchedWorld>>;

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

/** Until everything that needs no time has happened. */
async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

const endings = [
  "client gone",
  "body cancelled",
  "body left",
  "nobody reads",
  "refused for its time",
] as const;

Deno.test("an event stream gives its slot back whatever happens to its response, at every await", async () => {
  const attempt = async (
    world: Watched,
    { ending, at, method }: {
      readonly ending: typeof endings[number];
      readonly at: number;
      readonly method: string;
    },
  ) => {
    const client = new AbortController();
    if (ending === "refused for its time") {
      world.freeze();
      const answer = world.fetch(client.signal, method);
      await turns(at);
      await world.clock.advance(31_000);
      assert.equal((await answer).status, 503);
      world.thaw();
      return;
    }
    const answer = world.fetch(client.signal, method);
    if (ending === "client gone") void turns(at).then(() => client.abort());
    const { status, body } = await answer;
    assert.equal(status, 200);
    if (body === null || ending === "nobody reads") return;
    const reader = body.getReader();
    const reading = reader.read().then(() => reader.read()).then(() => reader.read()).catch(() => {});
    if (ending === "body cancelled") {
      await turns(at);
      await reader.cancel();
    }
    if (ending !== "body left") await reading;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...endings),
      fc.nat(150),
      fc.constantFrom("GET", "GET", "GET", "HEAD"),
      async (ending, at, method) => {
        const world = await watchedWorld();
        await attempt(world, { ending, at, method });
        await settled();
        // the text that was asked for last comes after 15 s of silence
        for (let i = 0; i < 2 && (ending === "nobody reads" || ending === "body left"); i++) {
          await world.clock.advance(121_000);
          await settled();
        }
        assert.equal(world.open(), 0);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("all slots of a user can be taken, and no more", async () => {
  const world = await watchedWorld();
  const never = new AbortController().signal;
  const taken = await Promise.all(Array.from({ length: perUser }, () => world.fetch(never)));
  assert.deepEqual(taken.map(({ status }) => status), taken.map(() => 200));
  assert.equal((await world.fetch(never)).status, 429);
  for (const { body } of taken) await body!.cancel();
  assert.equal(world.open(), 0);
});

Deno.test("event streams that wait behind one another on a connection give their slots back when it closes, and the process stops", async () => {
  await using world = await workerWorld(postgres);
  await using api = await localApi({ jobs: true, env: { STRATEGY_PG_DSN: world.dsn } });
  const created = await fetch(`${api.url}/backtests/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(requestBody()),
  });
  const { job_id: jobId } = await created.json();
  const connection = await rawConnection(api.url);
  const head = (method: string) =>
    `${method} /backtests/jobs/${jobId}/events HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
  await connection.send(head("HEAD") + head("GET").repeat(4));
  await untilMetric(api.url, "backtest_api_event_streams_active 4");
  connection[Symbol.dispose]();
  await untilMetric(api.url, "backtest_api_event_streams_active 0");
  assert.equal((await api.stop()).code, 0);
});
