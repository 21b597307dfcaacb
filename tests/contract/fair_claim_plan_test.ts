import assert from "node:assert/strict";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";

const server = embeddedPostgres();
const claim = { lockedBy: "worker-1", leaseSeconds: 60, policy: "fair" } as const;

Deno.test("a claim in fair order looks at as few pages with 100,000 jobs of 33,334 owners queued as with ten, statistics stale", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const { queue } = postgresJobs(sql);
    await sql`SET statement_timeout = 0`;
    await queueJobs(sql, { jobs: 10, owners: 5 });
    await sql`VACUUM ANALYZE backtest_jobs, backtest_job_turns`;
    const few = await pagesOfATurn(sql);
    await queueJobs(sql, { jobs: 100_000, owners: 33_334 });
    const many = await pagesOfATurn(sql);
    assert.ok(many <= few + 60, `${few} pages with 10 jobs, ${many} with 100,000`);

    const owners = new Set<string>();
    const sentMs = performance.now();
    for (let n = 0; n < 200; n++) owners.add((await queue.claimNext(claim))!.userId);
    console.log(
      `${((performance.now() - sentMs) / 200).toFixed(2)} ms a claim in fair order at 100,000 queued`,
    );
    assert.equal(owners.size, 200);
  });
});

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

/** Pages that the pick of a claim looks at; nothing of it stays. */
async function pagesOfATurn(sql: Sql): Promise<number> {
  const pages: number[] = [];
  await sql.begin(async (tx) => {
    const [row] = await tx.unsafe("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT backtest_take_turn()");
    const { Plan: plan } = row!["QUERY PLAN"][0];
    pages.push(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]);
    await tx`SELECT 1 / 0`;
  }).catch((error: { readonly code?: string }) => assert.equal(error.code, "22012"));
  return pages[0]!;
}
