import assert from "node:assert/strict";
import { connect, disconnect, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { Job } from "../../src/core/job/mod.ts";
import type { ClaimPolicy } from "../../src/ports/job_queue.ts";
import { quantile } from "../../scripts/bench/queue/queue_timing.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { leaseOf, newJob } from "./job_stores.ts";

const server = embeddedPostgres();
const owners = 33_334;
const leaseSeconds = 60;

interface Beginning {
  readonly jobs: number;
  readonly owners: number;
  /** Whether the planner has statistics. */
  readonly analyzed: boolean;
}

/** What a session may have made its plans from. */
const beginnings: Readonly<Record<string, Beginning>> = {
  "a table of a page": { jobs: 20, owners: 10, analyzed: true },
  "a table without statistics": { jobs: 4000, owners: 10, analyzed: false },
};

for (const policy of ["fifo", "fair"] as const) {
  for (const [name, beginning] of Object.entries(beginnings)) {
    Deno.test(`jobs in ${policy} order cost as few pages at 100,000 queued as before, by plans for ${name}`, () =>
      testCosts(policy, beginning));
  }
}

async function testCosts(policy: ClaimPolicy, { analyzed, ...beginning }: Beginning): Promise<void> {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async () => {});
  // one session, which keeps its plans
  const sql = connect(dsn, { connectionsMax: 1 });
  try {
    const { jobs, queue } = postgresJobs(sql);
    await sql`SET statement_timeout = 0`;
    await sql`ALTER TABLE backtest_jobs SET (autovacuum_enabled = off)`;
    await queueJobs(sql, beginning);
    if (analyzed) await sql`VACUUM ANALYZE backtest_jobs, backtest_job_turns`;
    let created = 0;
    let job: Job;
    const claim = async () => {
      job = (await queue.claimNext({ lockedBy: "worker-1", leaseSeconds, policy }))!;
      return job;
    };
    const steps: Readonly<Record<string, () => Promise<unknown>>> = {
      create: () => jobs.create(newJob(++created), { maxActive: 1000 }),
      claim,
      heartbeat: () => queue.heartbeat(leaseOf(job), { leaseSeconds }),
      release: () => queue.release(leaseOf(job)),
      "claim again": claim,
      finish: () => queue.finish(leaseOf(job), { state: "cancelled" }),
    };
    const pagesOfEach = async (times: number) => {
      const looked = Object.fromEntries(Object.keys(steps).map((name) => [name, 0]));
      for (let n = 0; n < times; n++) {
        for (const [name, step] of Object.entries(steps)) {
          const before = await pages(sql);
          assert.ok(await step(), name);
          looked[name]! += (await pages(sql) - before) / times;
        }
      }
      return looked;
    };
    // as often as it takes until a session keeps a plan
    await pagesOfEach(7);
    const few = await pagesOfEach(3);
    await queueJobs(sql, { jobs: 100_000, owners });
    for (const [name, many] of Object.entries(await pagesOfEach(10))) {
      // the indexes are two levels higher
      assert.ok(many <= 3 * few[name]!, `${name}: ${few[name]} pages at first, ${many} at 100,000`);
    }
    const tookMs: number[] = [];
    const claimed = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const sentMs = performance.now();
      const { jobId, userId } = await claim();
      tookMs.push(performance.now() - sentMs);
      claimed.add(policy === "fair" ? userId : jobId);
    }
    assert.equal(claimed.size, 200);
    const [p50, p95] = [0.5, 0.95].map((share) => quantile(tookMs, share).toFixed(2));
    console.log(`claims in ${policy} order at 100,000 queued: p50 ${p50} ms, p95 ${p95} ms`);
  } finally {
    await disconnect(sql);
  }
}

/** Pages of tables and indexes that this database's sessions have looked at up to now, in memory or not. */
async function pages(sql: Sql): Promise<number> {
  await sql`SELECT pg_stat_force_next_flush()`;
  const [row] = await sql`
    SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::float8 AS looked_at
    FROM pg_statio_user_tables`;
  return row!.looked_at;
}

async function queueJobs(sql: Sql, { jobs, owners }: { readonly jobs: number; readonly owners: number }) {
  await sql`
    INSERT INTO backtest_jobs (
      job_id, user_id, mode, state, stage, created_at, updated_at, request_json, request_hash, engine_params_hash,
      backtest_runtime_config_hash
    )
    SELECT gen_random_uuid(), md5((n % ${owners}::int)::text)::uuid, 'template', 'queued', 'stage_a', at, at,
      '{"top_k": 1}', hash, hash, hash
    FROM (
      SELECT n, repeat('a', 64) AS hash, now() - make_interval(secs => ${jobs}::int - n) AS at
      FROM generate_series(1, ${jobs}::int) AS n
    ) AS made`;
}
