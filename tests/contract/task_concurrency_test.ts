import assert from "node:assert/strict";
import { connect, disconnect, type SentStatement, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { Lease } from "../../src/core/job/mod.ts";
import type { TaskLease } from "../../src/core/optimization/mod.ts";
import type { TaskQueue } from "../../src/ports/task_queue.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { jobIdOf, leaseOf, newJob } from "./job_stores.ts";
import {
  claimBy,
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

/** A database with running optimisations, each with as many tasks. */
async function withOptimizations(
  { jobs: count, tasks, limit = 64 }: {
    readonly jobs: number;
    readonly tasks: number;
    readonly limit?: number;
  },
  work: (of: { readonly sql: Sql; readonly dsn: string; readonly leases: readonly Lease[] }) => Promise<void>,
): Promise<void> {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue, coordinator } = postgresJobs(sql);
    const leases: Lease[] = [];
    for (let n = 1; n <= count; n++) {
      await jobs.create(newJob(n), {
        maxActive: 100,
        optimization: newOptimization({ concurrencyLimit: limit }),
      });
      const lease = leaseOf((await queue.claimNext({ lockedBy: `coordinator-${n}`, leaseSeconds: 3600 }))!);
      await coordinator.begin(lease, { moduleHash });
      for (let seq = 0; seq < tasks; seq++) await coordinator.addTask(lease, newTask(n, seq));
      leases.push(lease);
    }
    await work({ sql, dsn, leases });
  });
}

/** Runs `work` with pools of one connection each, as separate processes would have. */
async function withConnections<T>(
  { dsn, count, onStatement }: {
    readonly dsn: string;
    readonly count: number;
    readonly onStatement?: (statement: SentStatement) => void;
  },
  work: (connections: readonly Sql[]) => Promise<T>,
): Promise<T> {
  const options = { connectionsMax: 1, ...(onStatement ? { onStatement } : {}) };
  const connections = Array.from({ length: count }, () => connect(dsn, options));
  try {
    return await work(connections);
  } finally {
    await Promise.all(connections.map((sql) => disconnect(sql)));
  }
}

async function drain(sql: Sql, lockedBy: string): Promise<readonly string[]> {
  const { tasks } = postgresJobs(sql);
  const done: string[] = [];
  for (;;) {
    const claim = await tasks.claimTask(claimBy(lockedBy));
    if (claim.kind !== "claimed") return done;
    const { task } = claim;
    assert.equal(task.attempt, 1);
    assert.ok(await tasks.complete(taskLeaseOf(task), resultOf(task, task.seq)), "a lease was lost");
    done.push(task.taskId);
  }
}

Deno.test("S004-02 claimTask() gives each of 40 tasks to one of 6 connections, attempt 1", async () => {
  await withOptimizations({ jobs: 2, tasks: 20 }, async ({ sql, dsn, leases }) => {
    const drained = await withConnections(
      { dsn, count: 6 },
      (connections) => Promise.all(connections.map((connection, n) => drain(connection, `helper-${n}`))),
    );
    const all = [1, 2].flatMap((n) => Array.from({ length: 20 }, (_, seq) => taskIdOf(n, seq)));
    assert.deepEqual(drained.flat().sort(), all.sort());
    for (const { jobId } of leases) {
      const { optimization } = (await postgresJobs(sql).optimizations.get(jobId))!;
      assert.deepEqual([optimization.tasksFinished, optimization.topTasks[0]?.seq], [20, 19]);
    }
  });
});

Deno.test("claimTask() skips a task whose row another transaction holds, also one whose lease ran out", async () => {
  await withOptimizations({ jobs: 1, tasks: 3 }, async ({ sql }) => {
    const stores = postgresJobs(sql);
    const lost = await claimed(stores, "dead");
    await sql`UPDATE optimization_tasks SET lease_expires_at = now() - interval '1 hour' WHERE status = 'running'`;
    await sql.begin(async (tx) => {
      await tx`SELECT FROM optimization_tasks WHERE seq IN (0, 1) FOR UPDATE`;
      assert.equal((await claimed(stores, "alive")).seq, 2);
      assert.equal((await stores.tasks.claimTask(claimBy("alive"))).kind, "none");
    });
    assert.equal((await claimed(stores, "alive")).taskId, lost.taskId);
  });
});

Deno.test("S004-12 tasks that are put up over many connections at the same time keep to the limit", async () => {
  await withOptimizations({ jobs: 1, tasks: 0, limit: 3 }, async ({ sql, dsn, leases: [lease] }) => {
    const outcomes = await withConnections({ dsn, count: 6 }, (connections) =>
      Promise.allSettled(
        Array.from({ length: 18 }, (_, seq) =>
          postgresJobs(connections[seq % 6]!).coordinator.addTask(lease!, newTask(1, seq))),
      ));
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 3);
    const [{ open }] = await sql<[{ open: number }]>`SELECT count(*)::int AS open FROM optimization_tasks`;
    assert.equal(open, 3);
  });
});

Deno.test("a result that waits for the stop, or for the end of its job, comes too late", async () => {
  for (const how of ["stop", "end"] as const) {
    await withOptimizations({ jobs: 1, tasks: 2 }, async ({ sql, leases: [lease] }) => {
      const stores = postgresJobs(sql);
      const [first, second] = [await claimed(stores, "one"), await claimed(stores, "two")];
      const late = await sql.begin(async (tx) => {
        await tx`SELECT FROM optimization_jobs FOR UPDATE`;
        const ending = how === "stop"
          ? stores.coordinator.stop(lease!, stopAt(first, 1))
          : stores.queue.finish(lease!, { state: "failed", error });
        await untilWaiting(sql, 1);
        const completing = stores.tasks.complete(taskLeaseOf(second), resultOf(second, 9));
        await untilWaiting(sql, 2);
        return { ending, completing };
      });
      assert.ok(await late.ending);
      assert.equal(await late.completing, null);
      const [outcome] = await stores.coordinator.readTasks({ jobId: jobIdOf(1), seqs: [1] });
      assert.equal(outcome?.status, how === "stop" ? "early-stopped" : "cancelled");
    });
  }
});

const writes = /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+optimization_\w+/i;
const jobFence = [
  /\bj\.job_id = \$1::uuid/,
  /\bj\.state = 'running'/,
  /\bj\.locked_by = \$2::text/,
  /\bj\.attempt = \$3::int/,
  /\bj\.lease_expires_at > clock_timestamp\(\)/,
  /\bFOR UPDATE OF j\s*$/,
];
const taskFence = [
  /\bt\.task_id = \$1::uuid/,
  /\bt\.status = 'running'/,
  /\bt\.locked_by = \$2::text/,
  /\bt\.attempt = \$3::int/,
  /\bt\.lease_expires_at > clock_timestamp\(\)/,
  /\bt\.job_id = \$4::uuid/,
];

/** Writes that neither carry one of the fences nor follow it in the same transaction. */
function unfenced(statements: readonly SentStatement[]): readonly string[] {
  const fenced = new Set<number>();
  const found: string[] = [];
  for (const { connection, text } of statements) {
    if (/^\s*(begin|commit|rollback)\b/i.test(text)) fenced.delete(connection);
    if ([jobFence, taskFence].some((fence) => fence.every((part) => part.test(text)))) fenced.add(connection);
    if (writes.test(text) && !fenced.has(connection)) found.push(text);
  }
  return found;
}

Deno.test("S004-01 every write over tasks carries the fence of the task or of its job", async () => {
  await withOptimizations({ jobs: 1, tasks: 12 }, async ({ dsn, leases: [lease] }) => {
    const sent: SentStatement[] = [];
    await withConnections(
      { dsn, count: 1, onStatement: (statement) => sent.push(statement) },
      async ([connection]) => {
        const { tasks, coordinator } = postgresJobs(connection!);
        const calls: Readonly<Record<string, (tasks: TaskQueue, lease: TaskLease) => Promise<unknown>>> = {
          check: (port, task) => port.check(task),
          heartbeat: (port, task) => port.heartbeat(task, { leaseSeconds: 60 }),
          updateProgress: (port, task) => port.updateProgress(task, 1),
          complete: (port, task) => port.complete(task, resultOf({ ...task, seq: 0 }, 1)),
          release: (port, task) => port.release(task),
          retry: (port, task) => port.retry(task, { delayMs: 9, error }),
          fail: (port, task) => port.fail(task, error),
          begin: () => coordinator.begin(lease!, { moduleHash: "5".repeat(64) }),
          addTask: () => coordinator.addTask(lease!, newTask(1, 40)),
          stop: (_, { taskId }) => coordinator.stop(lease!, stopAt({ taskId, seq: 1 }, 1)),
        };
        // claims make the fence; the others read, or note candles once for whoever comes first
        const others = ["claimTask", "getStatus", "readJob", "confirmCandles", "readTasks"];
        const methods = [...Object.keys(tasks), ...Object.keys(coordinator)];
        assert.deepEqual(methods.sort(), [...Object.keys(calls), ...others].sort());
        for (const [name, call] of Object.entries(calls)) {
          const claim = await tasks.claimTask(claimBy("helper"));
          const task = claim.kind === "claimed"
            ? taskLeaseOf(claim.task)
            : { ...lease!, taskId: taskIdOf(1, 1) };
          sent.length = 0;
          assert.ok(await call(tasks, task), name);
          assert.deepEqual(unfenced(sent), [], name);
          assert.ok(name === "check" || sent.some(({ text }) => writes.test(text)), `${name} wrote nothing`);
        }
      },
    );
  });
});

/** Resolves when as many sessions wait for a lock. */
async function untilWaiting(sql: Sql, count: number): Promise<void> {
  for (let polls = 0; polls < 2000; polls++) {
    const [{ waiting }] = await sql<[{ waiting: number }]>`
      SELECT count(*)::int AS waiting FROM pg_stat_activity
      WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    if (waiting >= count) return;
  }
  assert.fail(`${count} statements did not come to wait for a lock`);
}
