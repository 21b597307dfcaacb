import assert from "node:assert/strict";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { Job, Lease } from "../../src/core/job/mod.ts";
import type { JobResults } from "../../src/ports/job_results.ts";
import { embeddedPostgres, withPool, withSchema } from "../helpers/postgres.ts";
import { jobIdOf, leaseOf, newJob, reportedVariant, strangerId, topVariant, userId } from "./job_stores.ts";

const server = embeddedPostgres();
const shortlist = { stageAIndexes: [0], stageAVariantsTotal: 1, riskTotal: 1, preselectUsed: 1 };

/** Runs `work` with `count` pools of one connection each, as separate processes would have. */
async function withConnections(
  options: { readonly dsn: string; readonly count: number },
  work: (connections: readonly Sql[]) => Promise<void>,
): Promise<void> {
  const connections = Array.from(
    { length: options.count },
    () => connect(options.dsn, { connectionsMax: 1 }),
  );
  try {
    await work(connections);
  } finally {
    await Promise.all(connections.map((sql) => disconnect(sql)));
  }
}

async function drain(sql: Sql, lockedBy: string): Promise<readonly string[]> {
  const { queue } = postgresJobs(sql);
  const done: string[] = [];
  for (;;) {
    const job = await queue.claimNext({ lockedBy, leaseSeconds: 60 });
    if (!job) return done;
    assert.ok(await queue.succeed(leaseOf(job), [reportedVariant(1)]), "a lease was lost");
    done.push(job.jobId);
  }
}

for (const workers of [2, 4]) {
  Deno.test(`S000-08 claimNext() gives each of 40 jobs to one of ${workers} workers, attempt 1`, async () => {
    const dsn = await server.createDatabase();
    await withSchema(dsn, async (sql) => {
      const { jobs } = postgresJobs(sql);
      for (let n = 1; n <= 40; n++) await jobs.create(newJob(n), { maxActive: 100 });
      await withConnections({ dsn, count: workers }, async (connections) => {
        const drained = await Promise.all(
          connections.map((connection, n) => drain(connection, `worker-${n}`)),
        );
        assert.deepEqual(drained.flat().sort(), Array.from({ length: 40 }, (_, n) => jobIdOf(n + 1)));
      });
      const { items } = await jobs.listForUser({ userId, limit: 250 });
      assert.ok(items.every(({ state, attempt }) => state === "succeeded" && attempt === 1));
    });
  });
}

Deno.test("S000-08 claimNext() skips a job whose row another transaction holds", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue } = postgresJobs(sql);
    for (const n of [1, 2]) await jobs.create(newJob(n), { maxActive: 9 });
    await sql.begin(async (tx) => {
      await tx`SELECT FROM backtest_jobs WHERE job_id = ${jobIdOf(1)}::uuid FOR UPDATE`;
      const claim = { lockedBy: "worker-1", leaseSeconds: 60 };
      assert.equal((await queue.claimNext(claim))?.jobId, jobIdOf(2));
      assert.equal(await queue.claimNext(claim), null);
    });
  });
});

Deno.test("claimNext() in fair order goes to another owner while a claim of the first is under way", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue } = postgresJobs(sql);
    for (const n of [1, 2]) await jobs.create(newJob(n), { maxActive: 9 });
    await jobs.create(newJob(3, { userId: strangerId }), { maxActive: 9 });
    const claim = { lockedBy: "worker-1", leaseSeconds: 60, policy: "fair" } as const;
    await sql.begin(async (tx) => {
      const [turn] = await tx`SELECT backtest_take_turn() AS job_id`;
      assert.equal(turn!.job_id, jobIdOf(1));
      assert.equal((await queue.claimNext(claim))?.jobId, jobIdOf(3));
    });
    assert.equal((await queue.claimNext(claim))?.jobId, jobIdOf(1));
    assert.equal((await queue.claimNext(claim))?.jobId, jobIdOf(2));
    assert.equal(await queue.claimNext(claim), null);
  });
});

Deno.test("claimNext() in fair order comes back to a job that somebody else held when its owner's turn came", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue } = postgresJobs(sql);
    await jobs.create(newJob(1), { maxActive: 9 });
    const claim = { lockedBy: "worker-1", leaseSeconds: 60, policy: "fair" } as const;
    await sql.begin(async (tx) => {
      await tx`SELECT FROM backtest_jobs WHERE job_id = ${jobIdOf(1)}::uuid FOR UPDATE`;
      assert.equal(await queue.claimNext(claim), null);
    });
    assert.equal((await queue.claimNext(claim))?.jobId, jobIdOf(1));
  });
});

Deno.test("parallel claims in fair order drain the queue once each, and no owner's second job before another's first", async () => {
  const dsn = await server.createDatabase();
  const [owners, each] = [12, 5];
  await withSchema(dsn, async (sql) => {
    const { jobs } = postgresJobs(sql);
    const ownerOf = (n: number) => jobIdOf(100_000 + Math.floor((n - 1) / each));
    for (let n = 1; n <= owners * each; n++) {
      await jobs.create(newJob(n, { userId: ownerOf(n) }), { maxActive: 99 });
    }
    const claim = { lockedBy: "worker-1", leaseSeconds: 60, policy: "fair" } as const;
    const claimed: Job[] = [];
    await withConnections({ dsn, count: 4 }, async (connections) => {
      await Promise.all(connections.map(async (connection) => {
        const { queue } = postgresJobs(connection);
        for (let job = await queue.claimNext(claim); job; job = await queue.claimNext(claim)) {
          claimed.push(job);
        }
      }));
    });
    assert.deepEqual(
      claimed.map(({ jobId }) => jobId).sort(),
      Array.from({ length: owners * each }, (_, i) => jobIdOf(i + 1)),
    );
    assert.ok(claimed.every(({ attempt }) => attempt === 1));
    // at any moment an owner is at most one turn ahead, and one more for each claim that is under way
    const turns = new Map(claimed.map(({ userId }) => [userId, 0]));
    for (const { userId } of claimed.toSorted((a, b) => a.startedAtMs! - b.startedAtMs!)) {
      turns.set(userId, turns.get(userId)! + 1);
      const ahead = Math.max(...turns.values()) - Math.min(...turns.values());
      assert.ok(ahead <= 2, JSON.stringify([...turns.values()]));
    }
  });
});

Deno.test("claimNext() of many workers ends an exhausted job once", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue } = postgresJobs(sql);
    for (let n = 1; n <= 10; n++) await jobs.create(newJob(n), { maxActive: 99 });
    const claim = { lockedBy: "worker-1", leaseSeconds: 60, maxAttempts: 1 };
    while (await queue.claimNext(claim));
    await sql`UPDATE backtest_jobs SET lease_expires_at = lease_expires_at - interval '1 hour'`;
    await withConnections({ dsn, count: 4 }, async (connections) => {
      const ended = await Promise.all(connections.map(async (connection) => {
        const seen: string[] = [];
        for (;;) {
          const job = await postgresJobs(connection).queue.claimNext(claim);
          if (!job) return seen;
          assert.equal(job.state, "failed");
          seen.push(job.jobId);
        }
      }));
      assert.deepEqual(ended.flat().sort(), Array.from({ length: 10 }, (_, n) => jobIdOf(n + 1)));
    });
  });
});

const fencedWrites: Readonly<Record<string, (results: JobResults, lease: Lease) => Promise<boolean>>> = {
  replaceTopVariants: (results, lease) => results.replaceTopVariants(lease, [topVariant(1)]),
  saveShortlist: (results, lease) => results.saveShortlist(lease, shortlist),
  savePlanes: (results, lease) => results.savePlanes(lease, { variantKey: "k", axes: [], planes: [] }),
};

for (const [method, write] of Object.entries(fencedWrites)) {
  Deno.test(`${method}() waits for whoever holds the job's row, and writes nothing when its lease is gone then`, async () => {
    const dsn = await server.createDatabase();
    await withSchema(dsn, async (sql) => {
      const { jobs, queue, results } = postgresJobs(sql);
      await jobs.create(newJob(1), { maxActive: 9 });
      const lease = leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
      await sql.begin(async (tx) => {
        await tx`
          UPDATE backtest_jobs SET lease_expires_at = date_trunc('milliseconds', clock_timestamp())
          WHERE job_id = ${lease.jobId}::uuid`;
        const late = write(results, lease);
        await untilWaiting(sql);
        assert.equal(await queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 60 }), null);
        return { late };
      }).then(async ({ late }) => assert.equal(await late, false));
      assert.deepEqual(await results.listTopVariants(lease.jobId, 9), []);
      assert.equal(await results.getShortlist(lease.jobId), null);
      assert.equal(await results.getPlanes(lease.jobId), null);
    });
  });
}

Deno.test("13 read() of an archive has all rows as of one moment, whatever is changed while it reads", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue, results, archive } = postgresJobs(sql);
    await jobs.create(newJob(1), { maxActive: 9 });
    const lease = leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
    await results.saveShortlist(lease, shortlist);
    await queue.succeed(lease, [reportedVariant(1)]);
    const reading = await sql.begin(async (tx) => {
      // the reader has the job by then, and comes to its rows once this is committed
      await tx`LOCK TABLE backtest_job_stage_a_shortlist IN ACCESS EXCLUSIVE MODE`;
      const reading = archive.read(lease.jobId);
      await untilWaiting(sql);
      await tx`DELETE FROM backtest_job_top_variants`;
      await tx`DELETE FROM backtest_job_stage_a_shortlist`;
      return { reading };
    });
    const archived = (await reading.reading)!;
    assert.equal(archived.topVariants.length, 1);
    assert.deepEqual(archived.shortlist?.stageAIndexes, shortlist.stageAIndexes);
  });
});

Deno.test("create() keeps to the quota under parallel submits", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, () =>
    withConnections({ dsn, count: 6 }, async (connections) => {
      const submits = Array.from({ length: 24 }, (_, n) => {
        const { jobs } = postgresJobs(connections[n % connections.length]!);
        return jobs.create(newJob(n), { maxActive: 3 });
      });
      const outcomes = await Promise.allSettled(submits);
      assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 3);
      assert.equal(await postgresJobs(connections[0]!).jobs.countActiveForUser(userId), 3);
    }));
});

Deno.test("succeed() changes nothing when the insert fails in the middle", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs, queue, results } = postgresJobs(sql);
    await jobs.create(newJob(1), { maxActive: 9 });
    const claimed = (await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
    const lease = leaseOf(claimed);
    await results.replaceTopVariants(lease, [topVariant(1)]);
    const before = await results.listTopVariants(lease.jobId, 9);
    await sql`ALTER TABLE backtest_job_top_variants ADD CONSTRAINT two_at_most CHECK (rank <= 2)`;
    const rows = [reportedVariant(1), reportedVariant(2), reportedVariant(3)];
    await assert.rejects(queue.succeed(lease, rows), { code: "storage_unavailable" });
    assert.deepEqual(await jobs.get(lease.jobId), claimed);
    assert.deepEqual(await results.listTopVariants(lease.jobId, 9), before);
    await assert.rejects(results.replaceTopVariants(lease, [topVariant(3)]), { code: "storage_unavailable" });
    assert.deepEqual(await results.listTopVariants(lease.jobId, 9), before);
  });
});

Deno.test("listForUser() pages jobs with equal times by their ids", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { jobs } = postgresJobs(sql);
    for (let n = 1; n <= 7; n++) await jobs.create(newJob(n), { maxActive: 9 });
    await sql`UPDATE backtest_jobs SET created_at = '2026-01-01T00:00:00.123Z'`;
    const seen: string[] = [];
    let page = await jobs.listForUser({ userId, limit: 3 });
    seen.push(...page.items.map(({ jobId }) => jobId));
    while (page.nextCursor) {
      page = await jobs.listForUser({ userId, limit: 3, cursor: page.nextCursor });
      seen.push(...page.items.map(({ jobId }) => jobId));
    }
    assert.deepEqual(seen, [7, 6, 5, 4, 3, 2, 1].map(jobIdOf));
  });
});

Deno.test("a database that is gone rejects with storage_unavailable", async () => {
  const dsn = "postgres://someone:secret@127.0.0.1:1/nowhere";
  await withPool(dsn, async (sql) => {
    await assert.rejects(postgresJobs(sql).jobs.get(jobIdOf(1)), (error: Error & { code?: string }) => {
      assert.equal(error.code, "storage_unavailable");
      assert.equal(error.message, `Cannot read job "${jobIdOf(1)}": connect ECONNREFUSED 127.0.0.1:1`);
      return true;
    });
  });
});

async function untilWaiting(sql: Sql): Promise<void> {
  for (let polls = 0; polls < 500; polls++) {
    const [row] = await sql<[{ readonly waiting: boolean }]>`
      SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
      ) AS waiting`;
    if (row.waiting) return;
  }
  assert.fail("No statement came to wait for a lock");
}
