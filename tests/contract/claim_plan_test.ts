import assert from "node:assert/strict";
import { connect, disconnect, type SentStatement, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { ClaimPolicy } from "../../src/ports/job_queue.ts";
import { explained } from "../helpers/explained.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";

const server = embeddedPostgres();
const finishedRows = 200_000;
/** Pages a claim may look at, however long the history is; a scan of it would be some ten thousand. */
const pagesMax = 600;
/** What no claim can do without. */
const indexes = ["backtest_jobs_pkey", "idx_backtest_jobs_reclaim"];

Deno.test("claims of both policies stay on the indexes above a long history", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    await fill(sql);
    for (const policy of ["fifo", "fair"] as const) {
      const plans = await Array.fromAsync(await claimStatements(policy), (sent) => explained(sql, sent));
      const scans = plans.flatMap((plan) => plan.scans);
      const pages = plans.reduce((sum, plan) => sum + plan.pages, 0);
      assert.deepEqual(scans.filter((scan) => scan.startsWith("Seq Scan")), [], policy);
      for (const index of indexes) {
        assert.ok(scans.some((scan) => scan.includes(index)), scans.join());
      }
      assert.ok(pages <= pagesMax, `${policy} looked at ${pages} pages`);
    }
  });
});

/** A long history of 500 owners, and 20 queued and 5 running jobs of ten of them. */
async function fill(sql: Sql): Promise<void> {
  await sql`SET statement_timeout = 0`;
  await sql`
    INSERT INTO backtest_jobs (
      job_id, user_id, mode, state, stage, created_at, updated_at, started_at, finished_at, locked_by, locked_at,
      lease_expires_at, heartbeat_at, request_json, request_hash, engine_params_hash,
      backtest_runtime_config_hash, attempt
    )
    SELECT gen_random_uuid(), md5((n % owners)::text)::uuid, 'template', state, 'stage_a', at, at,
      CASE WHEN state <> 'queued' THEN at END, CASE WHEN state = 'succeeded' THEN at END,
      CASE WHEN state = 'running' THEN 'worker-1' END, CASE WHEN state = 'running' THEN at END,
      CASE WHEN state = 'running' THEN at + interval '1 minute' END, CASE WHEN state = 'running' THEN at END,
      '{"top_k": 1}', hash, hash, hash, 1
    FROM (
      SELECT n, repeat('a', 64) AS hash, now() - make_interval(secs => ${finishedRows}::int + 25 - n) AS at,
        CASE WHEN n <= ${finishedRows}::int THEN 500 ELSE 10 END AS owners,
        CASE WHEN n <= ${finishedRows}::int THEN 'succeeded' WHEN n <= ${finishedRows}::int + 20 THEN 'queued'
          ELSE 'running' END AS state
      FROM generate_series(1, ${finishedRows}::int + 25) AS n
    ) AS made`;
  await sql`VACUUM ANALYZE backtest_jobs`;
}

/** A claim as the adapter sends it to a database without jobs, where it looks for both kinds. */
async function claimStatements(policy: ClaimPolicy): Promise<readonly SentStatement[]> {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async () => {});
  const sent: SentStatement[] = [];
  const recorded = connect(dsn, { connectionsMax: 1, onStatement: (statement) => sent.push(statement) });
  try {
    const claim = { lockedBy: "worker-1", leaseSeconds: 60, policy };
    assert.equal(await postgresJobs(recorded).queue.claimNext(claim), null);
  } finally {
    await disconnect(recorded);
  }
  const claims = sent.filter(({ text }) => /SKIP LOCKED|backtest_(?:oldest_queued|take_turn)\(/.test(text));
  assert.equal(claims.length, policy === "fair" ? 2 : 3);
  return claims;
}
