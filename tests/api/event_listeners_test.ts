import type { JobEvent } from "../../src/answers/job.ts";
import assert from "node:assert/strict";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { eventStream } from "../../src/client/event_stream.ts";
import type { Lease } from "../../src/core/job/mod.ts";
import { jobIdOf, leaseOf, newJob, reportedVariant } from "../contract/job_stores.ts";
import { type ApiProcess, apiProcess } from "../helpers/api_process.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { workerWorld } from "../helpers/worker_world.ts";

const postgres = embeddedPostgres();
const jobsCount = 10;
const listenersPerJob = 5;

/** A stream of one job as a reader sees it, with all it was told over all its connections. */
class Listener {
  readonly told: JobEvent[] = [];
  readonly #api: ApiProcess;
  readonly #job: { readonly jobId: string; readonly userId: string };
  #lastId = "";
  #connection = new AbortController();
  #events: AsyncGenerator<{ readonly data: string; readonly id: string }> | undefined;

  constructor(api: ApiProcess, job: { readonly jobId: string; readonly userId: string }) {
    this.#api = api;
    this.#job = job;
  }

  /** Opens the stream, after a cut where it was cut; returns the status. */
  async open(): Promise<number> {
    this.#connection = new AbortController();
    const response = await fetch(`${this.#api.url}/backtests/jobs/${this.#job.jobId}/events`, {
      headers: {
        authorization: `Bearer ${await this.#api.token(this.#job.userId)}`,
        ...(this.#lastId === "" ? {} : { "last-event-id": this.#lastId }),
      },
      signal: this.#connection.signal,
    });
    if (response.body) this.#events = eventStream(response.body);
    return response.status;
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<JobEvent | undefined> {
    const { value, done } = await this.#events!.next();
    if (done) return undefined;
    this.#lastId = value.id;
    const event: JobEvent = JSON.parse(value.data);
    this.told.push(event);
    return event;
  }

  cut(): void {
    this.#connection.abort();
  }
}

Deno.test("50 listeners of 10 jobs share one listening connection, resume without loss or repeat, and all hear the end", async () => {
  await using world = await workerWorld(postgres);
  await using api = await apiProcess(world);
  await world.sql(async (sql) => {
    const { queue } = postgresJobs(sql);
    const leases = await claimedJobs(sql);
    const write = async (processedUnits: number) => {
      for (const lease of leases) {
        await queue.updateProgress(lease, { stage: "stage_a", processedUnits, totalUnits: 9 });
      }
    };
    const listeners = Array.from({ length: jobsCount * listenersPerJob }, (_, i) => {
      const n = i % jobsCount;
      return new Listener(api, { jobId: leases[n]!.jobId, userId: userIdOf(n) });
    });
    const expectAll = async (some: readonly Listener[], units: number) => {
      const events = await Promise.all(some.map((listener) => listener.next()));
      assert.deepEqual(new Set(events.map((event) => event?.processed_units)), new Set([units]));
    };

    const statuses = await Promise.all(listeners.map((listener) => listener.open()));
    assert.deepEqual(new Set(statuses), new Set([200]));
    await expectAll(listeners, 0);
    const [row] = await sql`
      SELECT count(*)::int AS listening FROM pg_stat_activity
      WHERE datname = current_database() AND query ILIKE 'listen %'`;
    assert.equal(row?.listening, 1);
    await write(1);
    await expectAll(listeners, 1);

    const cut = listeners.filter((_, i) => i % 2 === 0);
    const steady = listeners.filter((_, i) => i % 2 === 1);
    for (const listener of cut) listener.cut();
    await write(2);
    await expectAll(steady, 2);
    await write(3);
    await expectAll(steady, 3);
    await Promise.all(cut.map((listener) => listener.open()));
    // what has come and gone meanwhile is of no use to anyone: the next is the present state
    await expectAll(cut, 3);
    for (const listener of cut) listener.cut();
    await Promise.all(cut.map((listener) => listener.open()));
    await write(4);
    await expectAll(listeners, 4);

    for (const lease of leases) await queue.succeed(lease, [reportedVariant(1)]);
    const ends = await Promise.all(listeners.map((listener) => listener.next()));
    assert.deepEqual(
      new Set(ends.map((end) => `${end?.state} ${end?.terminal}`)),
      new Set(["succeeded true"]),
    );
    const after = await Promise.all(listeners.map((listener) => listener.next()));
    assert.deepEqual(new Set(after), new Set([undefined]));
    for (const [i, { told }] of listeners.entries()) {
      const units = told.map(({ processed_units }) => processed_units);
      assert.deepEqual(units.slice(0, -1), i % 2 === 0 ? [0, 1, 3, 4] : [0, 1, 2, 3, 4]);
    }
    const again = await Promise.all(listeners.map((listener) => listener.open()));
    assert.deepEqual(new Set(again), new Set([204]));
  });
});

function userIdOf(n: number): string {
  return jobIdOf(1000 + n);
}

/** One running job for each user, worked on by this test. */
async function claimedJobs(sql: Sql): Promise<readonly Lease[]> {
  const { jobs, queue } = postgresJobs(sql);
  const leases: Lease[] = [];
  for (let n = 0; n < jobsCount; n++) {
    await jobs.create(newJob(n, { userId: userIdOf(n) }), { maxActive: 1 });
    leases.push(leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 600 }))!));
  }
  return leases;
}
