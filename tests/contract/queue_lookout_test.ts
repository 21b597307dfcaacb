import assert from "node:assert/strict";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { openDatabase } from "../../src/adapters/postgres/open_database.ts";
import { postgresQueueLookout } from "../../src/adapters/postgres/queue_lookout.ts";
import type { QueueDepth, QueueState } from "../../src/ports/queue_overview.ts";
import { embeddedPostgres, withPool, withSchema } from "../helpers/postgres.ts";
import { jobIdOf, newJob, userId } from "./job_stores.ts";

const server = embeddedPostgres();
const claim = { lockedBy: "worker-1", leaseSeconds: 60 };

/** Makes jobs 1 to `count`. */
async function submit(sql: Sql, count: number): Promise<void> {
  const { jobs } = postgresJobs(sql);
  for (let n = 1; n <= count; n++) await jobs.create(newJob(n), { maxActive: count });
}

/** Moves all times of a job back, as if it had been done so many seconds earlier. */
async function age(sql: Sql, options: { readonly n: number; readonly seconds: number }): Promise<void> {
  const back = sql`make_interval(secs => ${options.seconds}::int)`;
  await sql`
    UPDATE backtest_jobs SET created_at = created_at - ${back}, updated_at = updated_at - ${back},
      started_at = started_at - ${back}, locked_at = locked_at - ${back}, not_before = not_before - ${back},
      lease_expires_at = lease_expires_at - ${back}
    WHERE job_id = ${jobIdOf(options.n)}::uuid`;
}

function depths(states: Readonly<Record<QueueState, QueueDepth>>): Record<string, readonly [number, number]> {
  // the statement itself takes some of a second
  const whole = ({ jobs, oldestAgeSeconds }: QueueDepth) => [jobs, Math.floor(oldestAgeSeconds)] as const;
  return Object.fromEntries(Object.entries(states).map(([state, depth]) => [state, whole(depth)]));
}

const nothing = { queued: [0, 0], delayed: [0, 0], running: [0, 0], abandoned: [0, 0] };

Deno.test("look() finds an empty queue empty", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    assert.deepEqual(depths((await postgresQueueLookout(sql).look()).states), nothing);
  });
});

Deno.test("look() counts each job that is not over once, with the age of the oldest in its state", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { queue, jobs } = postgresJobs(sql);
    await submit(sql, 8);
    const leases = [];
    for (let n = 1; n <= 5; n++) {
      const { jobId, lockedBy, attempt } = (await queue.claimNext(claim))!;
      assert.equal(jobId, jobIdOf(n));
      leases.push({ jobId, lockedBy: lockedBy!, attempt });
    }
    // 1 has ended, 2 and 3 are running, 4 has lost its worker, 5 waits for its retry, 6 is cancelled, 7 and 8 wait
    await queue.succeed(leases[0]!, []);
    await queue.retry(leases[4]!, { delayMs: 3_600_000 });
    await jobs.cancel({ jobId: jobIdOf(6), userId });
    await age(sql, { n: 2, seconds: 10 });
    await age(sql, { n: 3, seconds: 50 });
    await age(sql, { n: 4, seconds: 60 + 30 });
    await age(sql, { n: 5, seconds: 20 });
    await age(sql, { n: 8, seconds: 300 });
    const { states } = await postgresQueueLookout(sql).look();
    assert.deepEqual(depths(states), {
      queued: [2, 300],
      delayed: [1, 20],
      running: [2, 50],
      abandoned: [1, 30],
    });
  });
});

Deno.test("look() lets a job that was put off wait from the time it became due", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { queue } = postgresJobs(sql);
    await submit(sql, 1);
    const { jobId, lockedBy, attempt } = (await queue.claimNext(claim))!;
    await queue.retry({ jobId, lockedBy: lockedBy!, attempt }, { delayMs: 60_000 });
    await age(sql, { n: 1, seconds: 100 });
    const { states } = await postgresQueueLookout(sql).look();
    assert.deepEqual(depths(states), { ...nothing, queued: [1, 40] });
  });
});

Deno.test("look() tells how often the job was started that is started again and again, until it is over", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { queue, jobs } = postgresJobs(sql);
    const attemptsMax = async () => (await postgresQueueLookout(sql).look()).attemptsMax;
    await submit(sql, 2);
    assert.equal(await attemptsMax(), 0);
    // a storm of restarts: each worker is told to stop as soon as it has a job, which costs no retry
    for (let starts = 1; starts <= 7; starts++) {
      const { jobId, lockedBy, attempt } = (await queue.claimNext(claim))!;
      assert.equal(jobId, jobIdOf(1));
      assert.equal(await attemptsMax(), starts);
      await queue.release({ jobId, lockedBy: lockedBy!, attempt });
      assert.equal(await attemptsMax(), starts);
    }
    await jobs.cancel({ jobId: jobIdOf(1), userId });
    assert.equal(await attemptsMax(), 0);
  });
});

Deno.test("look() counts the server's sessions, ours and others", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const lookout = postgresQueueLookout(sql);
    const before = (await lookout.look()).sessions;
    assert.ok(before.ours >= 1);
    const [{ max }] = await sql<
      [{ readonly max: number }]
    >`SELECT current_setting('max_connections')::int AS max`;
    assert.equal(before.max, max);
    await using other = await sql.reserve().then((reserved) => ({
      reserved,
      [Symbol.asyncDispose]: () => Promise.resolve(reserved.release()),
    }));
    await other.reserved`SET application_name = 'psql'`;
    const after = (await lookout.look()).sessions;
    assert.equal(after.others, before.others + 1);
  });
});

Deno.test("look() reads the active jobs through an index, however many have ended", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    await submit(sql, 3);
    await sql`
      INSERT INTO backtest_jobs (job_id, user_id, mode, state, stage, created_at, updated_at, finished_at, request_json,
        request_hash, engine_params_hash, backtest_runtime_config_hash)
      SELECT gen_random_uuid(), user_id, mode, 'cancelled', stage, created_at, updated_at, created_at, request_json,
        request_hash, engine_params_hash, backtest_runtime_config_hash
      FROM backtest_jobs, generate_series(1, 5000) WHERE job_id = ${jobIdOf(1)}::uuid`;
    await sql`ANALYZE backtest_jobs`;
    const scans = async () => {
      await sql`SELECT pg_stat_force_next_flush()`;
      const [row] = await sql<[{ readonly seq_scan: number }]>`
        SELECT seq_scan::int FROM pg_stat_user_tables WHERE relname = 'backtest_jobs'`;
      return row.seq_scan;
    };
    const before = await scans();
    assert.equal((await postgresQueueLookout(sql).look()).states.queued.jobs, 3);
    assert.equal(await scans(), before);
  });
});

Deno.test({
  name: "look() works on PGlite, too",
  // its server starts timers of its own
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using database = await openDatabase("pglite:memory");
    await withPool(database.dsn, async (sql) => {
      await migrate(sql);
      await submit(sql, 2);
      const { states, sessions } = await postgresQueueLookout(sql).look();
      assert.equal(states.queued.jobs, 2);
      assert.ok(sessions.max > 0);
    }, database);
  },
});
