import assert from "node:assert/strict";
import { manualClock } from "../memory/clock.ts";
import { memoryJobs } from "../memory/jobs.ts";
import { memoryLog } from "../memory/log.ts";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { PostgresJobWakeups } from "../../src/adapters/postgres/job_wakeups.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { JobWakeups } from "../../src/ports/job_wakeups.ts";
import { silentProxy } from "../helpers/silent_proxy.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import type { TaskLease } from "../../src/core/optimization/mod.ts";
import { type JobStores, leaseOf, newJob, userId } from "./job_stores.ts";
import {
  claimed,
  moduleHash,
  newOptimization,
  newTask,
  resultOf,
  stopAt,
  taskIdOf,
  taskLeaseOf,
} from "./optimization_stores.ts";

const server = embeddedPostgres();
const error = { code: "task_failed", message: "No candle", details: {} };
const claim = { lockedBy: "worker-1", leaseSeconds: 60 };

/** Hints as they come; `next` waits for the one after those already seen. */
function listening(wakeups: JobWakeups, { tasks = false }: { readonly tasks?: boolean } = {}) {
  const heard: string[] = [];
  let bell = Promise.withResolvers<void>();
  const hear = (hint: string) => {
    heard.push(hint);
    bell.resolve();
    bell = Promise.withResolvers();
  };
  const subscription = wakeups.subscribe(
    tasks
      ? {
        queued() {},
        cancelRequested() {},
        taskQueued: () => hear("task"),
        taskEnded: (jobId) => hear(`end of ${jobId}`),
      }
      : { queued: () => hear("queued"), cancelRequested: hear },
  );
  let seen = 0;
  return {
    heard,
    async next(): Promise<string> {
      while (heard.length === seen) await bell.promise;
      return heard[seen++]!;
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  };
}

type Setup = Pick<JobStores, "jobs" | "queue" | "coordinator" | "tasks"> & { readonly wakeups: JobWakeups };

/** Registers what both adapters must do. `begin`: hints that come before the first change. */
function testWakeups(
  options: {
    readonly name: string;
    readonly begin: readonly string[];
    readonly open: (run: (setup: Setup) => Promise<void>) => Promise<void>;
  },
): void {
  const { name, begin, open } = options;
  Deno.test(`a queued, a released and a cancelled job are hinted at [${name}]`, () =>
    open(async ({ jobs, queue, wakeups }) => {
      using ear = listening(wakeups);
      for (const hint of begin) assert.equal(await ear.next(), hint);
      await jobs.create(newJob(1), { maxActive: 9 });
      assert.equal(await ear.next(), "queued");
      const first = leaseOf((await queue.claimNext(claim))!);
      await queue.release(first);
      assert.equal(await ear.next(), "queued");
      const job = (await queue.claimNext(claim))!;
      await jobs.cancel({ jobId: job.jobId, userId });
      assert.equal(await ear.next(), job.jobId);
    }));

  Deno.test(`a job that is put off, or ends instead of being given back, wakes nobody [${name}]`, () =>
    open(async ({ jobs, queue, wakeups }) => {
      using ear = listening(wakeups);
      for (const hint of begin) assert.equal(await ear.next(), hint);
      await jobs.create(newJob(1), { maxActive: 9 });
      assert.equal(await ear.next(), "queued");
      await queue.retry(leaseOf((await queue.claimNext(claim))!), { delayMs: 600_000 });
      await jobs.create(newJob(2), { maxActive: 9 });
      assert.equal(await ear.next(), "queued");
      const job = (await queue.claimNext(claim))!;
      await jobs.cancel({ jobId: job.jobId, userId });
      assert.equal(await ear.next(), job.jobId, "only what was created is queued");
      assert.equal((await queue.release(leaseOf(job)))?.state, "cancelled");
      await jobs.create(newJob(3), { maxActive: 9 });
      const next = (await queue.claimNext(claim))!;
      await jobs.cancel({ jobId: next.jobId, userId });
      assert.equal(await ear.next(), "queued");
      assert.equal(await ear.next(), next.jobId, "the third job alone was queued");
    }));

  Deno.test(`tasks that are put up, given back and over are hinted at, those that are put off are not [${name}]`, () =>
    open(async ({ jobs, queue, coordinator, tasks, wakeups }) => {
      using ear = listening(wakeups, { tasks: true });
      for (const _ of begin) assert.equal(await ear.next(), "task", "it may have missed one");
      const { jobId } = await jobs.create(newJob(1), { maxActive: 9, optimization: newOptimization() });
      const lease = leaseOf((await queue.claimNext({ ...claim, leaseSeconds: 3600 }))!);
      await coordinator.begin(lease, { moduleHash });
      const next = async (seq: number, how: (task: TaskLease) => Promise<unknown>) => {
        await coordinator.addTask(lease, newTask(1, seq));
        assert.equal(await ear.next(), "task");
        await how(taskLeaseOf(await claimed({ tasks })));
      };
      const ended = `end of ${jobId}`;
      await next(0, (task) => tasks.complete(task, resultOf({ ...task, seq: 0 }, 1)));
      assert.equal(await ear.next(), ended);
      await next(1, (task) => tasks.fail(task, error));
      assert.equal(await ear.next(), ended);
      await next(2, (task) => tasks.release(task));
      assert.equal(await ear.next(), "task");
      await tasks.retry(taskLeaseOf(await claimed({ tasks })), { delayMs: 3_600_000, error });
      await coordinator.stop(lease, stopAt({ taskId: taskIdOf(1, 0), seq: 0 }, 1));
      assert.equal(await ear.next(), ended, "the one that was put off has ended");
      await jobs.create(newJob(2), { maxActive: 9, optimization: newOptimization() });
      const second = leaseOf((await queue.claimNext({ ...claim, leaseSeconds: 3600 }))!);
      await coordinator.begin(second, { moduleHash });
      await coordinator.addTask(second, newTask(2, 0));
      assert.equal(await ear.next(), "task");
      await queue.finish(second, { state: "cancelled" });
      assert.equal(await ear.next(), `end of ${second.jobId}`);
    }));

  Deno.test(`a listener that left hears nothing [${name}]`, () =>
    open(async ({ jobs, wakeups }) => {
      using stays = listening(wakeups);
      for (const _ of begin) await stays.next();
      const leaves = listening(wakeups);
      leaves[Symbol.dispose]();
      await jobs.create(newJob(1), { maxActive: 9 });
      assert.equal(await stays.next(), "queued");
      assert.deepEqual(leaves.heard, []);
    }));
}

testWakeups({ name: "memory", begin: [], open: (run) => run(memoryJobs(manualClock(0))) });
testWakeups({ name: "postgres", begin: ["queued"], open: (run) => onPostgres({}, run) });

type PostgresSetup = Setup & { readonly sql: Sql; readonly log: ReturnType<typeof memoryLog> };

async function onPostgres(
  options: { readonly probeMs?: number; readonly through?: (dsn: string) => string },
  run: (setup: PostgresSetup) => Promise<void>,
): Promise<void> {
  const { through = (dsn) => dsn, ...rest } = options;
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const log = memoryLog();
    const setup = {
      dsn: through(dsn),
      listenerId: "test",
      clock: systemClock(),
      log,
      random: () => 0,
      ...rest,
    };
    await using wakeups = new PostgresJobWakeups(setup);
    await run({ ...postgresJobs(sql), wakeups, sql, log });
  });
}

Deno.test("a listener whose connection is cut comes back, hints at what it may have missed, and hears again", () =>
  onPostgres({}, async ({ jobs, wakeups, sql }) => {
    using ear = listening(wakeups);
    assert.equal(await ear.next(), "queued");
    await sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query ILIKE 'listen%'`;
    assert.equal(await ear.next(), "queued");
    await jobs.create(newJob(1), { maxActive: 9 });
    assert.equal(await ear.next(), "queued");
  }));

Deno.test("a listener whose connection only looks alive notices, connects anew and hears again", async () => {
  await using proxy = silentProxy();
  await onPostgres({ probeMs: 200, through: proxy.through }, async ({ jobs, wakeups, log }) => {
    using ear = listening(wakeups);
    assert.equal(await ear.next(), "queued");
    proxy.silence();
    assert.equal(await ear.next(), "queued");
    assert.match(String(log.lines[0]!.fields.error), /Cannot hear the database: silent for 200 ms/);
    await jobs.create(newJob(1), { maxActive: 9 });
    assert.equal(await ear.next(), "queued");
  });
});

Deno.test("a listener whose own connection alone is deaf notices, though the rest of the pool works", async () => {
  await using proxy = silentProxy();
  await onPostgres({ probeMs: 400, through: proxy.through }, async ({ jobs, wakeups, log }) => {
    using ear = listening(wakeups);
    assert.equal(await ear.next(), "queued");
    proxy.silence({ sent: 'listen "backtest_jobs_queued"' });
    assert.equal(await ear.next(), "queued");
    assert.match(String(log.lines[0]!.fields.error), /Cannot hear the database: silent for 400 ms/);
    await jobs.create(newJob(1), { maxActive: 9 });
    assert.equal(await ear.next(), "queued");
  });
});

Deno.test("a listener that loses its connection while it begins listening begins again, whichever channel it was at", async () => {
  for (
    const channel of ["backtest_probe_", "backtest_jobs_cancelled", "backtest_tasks_", "backtest_jobs_queued"]
  ) {
    await using proxy = silentProxy();
    proxy.silenceAt(`listen "${channel}`);
    await onPostgres({ probeMs: 600, through: proxy.through }, async ({ jobs, queue, wakeups, log }) => {
      using ear = listening(wakeups);
      assert.equal(await ear.next(), "queued");
      assert.equal(log.lines[0]?.event, "wakeups_failed", channel);
      await jobs.create(newJob(1), { maxActive: 9 });
      assert.equal(await ear.next(), "queued");
      const job = (await queue.claimNext(claim))!;
      await jobs.cancel({ jobId: job.jobId, userId });
      let hint = await ear.next();
      // on a busy machine it may have begun once more
      while (hint === "queued") hint = await ear.next();
      assert.equal(hint, job.jobId);
    });
  }
});

Deno.test("a burst of submits sends one notice while its first job waits", () =>
  onPostgres({}, async ({ jobs, queue, wakeups, sql }) => {
    using ear = listening(wakeups);
    assert.equal(await ear.next(), "queued");
    for (let n = 1; n <= 20; n++) await jobs.create(newJob(n), { maxActive: 99 });
    await sql`SELECT pg_notify('backtest_jobs_cancelled', 'the end')`;
    assert.equal(await ear.next(), "queued");
    assert.equal(await ear.next(), "the end");
    while (await queue.claimNext(claim));
    await jobs.create(newJob(21), { maxActive: 99 });
    assert.equal(await ear.next(), "queued");
  }));

Deno.test("a job that waits for its retry does not keep a new one from being announced", () =>
  onPostgres({}, async ({ jobs, queue, wakeups }) => {
    using ear = listening(wakeups);
    await ear.next();
    await jobs.create(newJob(1), { maxActive: 9 });
    await ear.next();
    await queue.retry(leaseOf((await queue.claimNext(claim))!), { delayMs: 600_000 });
    await jobs.create(newJob(2), { maxActive: 9 });
    assert.equal(await ear.next(), "queued");
  }));

Deno.test("a listener without a server says so, and leaves nothing behind when it is closed", async () => {
  const log = memoryLog();
  const dsn = "postgres://someone:secret@127.0.0.1:1/nowhere";
  {
    await using _wakeups = new PostgresJobWakeups({
      dsn,
      listenerId: "x",
      clock: systemClock(),
      log,
      random: () => 0.01,
    });
    while (log.lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.ok(log.lines.every(({ event }) => event === "wakeups_failed"));
});
