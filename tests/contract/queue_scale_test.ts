import assert from "node:assert/strict";
import { connect, disconnect, type SentStatement, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { postgresQueueLookout } from "../../src/adapters/postgres/queue_lookout.ts";
import { explained } from "../helpers/explained.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { userId } from "./job_stores.ts";

const server = embeddedPostgres();
/** `deno task queue-scale` fills a million. */
const rows = Number(Deno.env.get("QUEUE_SCALE_ROWS") ?? 200_000);
/** About so many of the rows wait for a worker. */
const queued = rows / 10;
const ended = ["succeeded", "failed", "cancelled"] as const;

/** What is done to a queue of so many rows, and how it must be done. */
interface Doing {
  readonly name: string;
  readonly run: (sql: Sql) => Promise<unknown>;
  /** Pages it may look at: those that it needs, and some for the way to them. */
  readonly pagesMax: number;
  /** Indexes it must go by, as they stand in a plan. */
  readonly scans: readonly string[];
}

/** Entries of an index of jobs, about 100 to a page, that are counted without their rows. */
const counted = (entries: number) => 60 + Math.ceil(entries / 80);
/** Rows of a page of a list, each in a page of its own at worst, for each of five states. */
const listed = 5 * (50 + 10);
const everyEnded = ["Index Only Scan idx_backtest_jobs_ended"];
const byUser = ["Index Scan idx_backtest_jobs_user_state_created_desc"];
const byState = ["Index Scan idx_backtest_jobs_claim_fifo"];

const doings: readonly Doing[] = [
  {
    name: "the metrics' look at the queue",
    run: (sql) => postgresQueueLookout(sql).look(),
    pagesMax: counted(queued),
    scans: ["Index Only Scan idx_backtest_jobs_waiting", "Index Only Scan idx_backtest_jobs_put_off"],
  },
  {
    name: "a user's newest jobs of every state",
    run: (sql) => postgresJobs(sql).jobs.listForUser({ userId, limit: 49 }),
    pagesMax: listed,
    scans: byUser,
  },
  {
    name: "a later page of them",
    run: (sql) => postgresJobs(sql).jobs.listForUser({ userId, limit: 49, cursor: halfway }),
    pagesMax: listed,
    scans: byUser,
  },
  {
    name: "the newest jobs of everybody",
    run: (sql) => postgresJobs(sql).jobs.listForUser({ userId: null, limit: 49 }),
    pagesMax: listed,
    scans: byState,
  },
  {
    name: "a later page of those",
    run: (sql) => postgresJobs(sql).jobs.listForUser({ userId: null, limit: 49, cursor: halfway }),
    pagesMax: listed,
    scans: byState,
  },
  {
    name: "what a pruning would delete of everybody",
    run: (sql) => postgresJobs(sql).pruning.survey({ olderThanMs: 1, states: ended }),
    pagesMax: counted(rows),
    scans: everyEnded,
  },
  {
    name: "a batch of a pruning, in the middle of it",
    run: (sql) =>
      postgresJobs(sql).pruning.deleteBatch({
        state: "succeeded",
        endedBeforeMs: Date.now(),
        endedFromMs: halfway.createdAtMs,
        limit: 100,
      }),
    // a hundred jobs leave eight indexes and have rows in three tables
    pagesMax: 100 * 15,
    scans: ["Index Scan idx_backtest_jobs_ended"],
  },
];
const halfway = { createdAtMs: Date.now() - rows * 500, jobId: "00000000-0000-4000-8000-000000000000" };

Deno.test(`with ${rows} jobs stored, metrics, lists and pruning look at few pages, by their indexes`, async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    await fill(sql);
    for (const doing of doings) {
      const [statement] = await sentBy(dsn, doing);
      const { scans, pages, ms } = await explained(sql, statement!);
      console.log(`${doing.name}: ${pages} pages, ${ms.toFixed(1)} ms`);
      assert.deepEqual(scans.filter((scan) => scan.startsWith("Seq Scan")), [], doing.name);
      for (const wanted of doing.scans) assert.ok(scans.includes(wanted), `${doing.name}: ${scans.join()}`);
      assert.ok(pages <= doing.pagesMax, `${doing.name} looks at ${pages} pages of ${doing.pagesMax}`);
    }
    const { states } = await postgresQueueLookout(sql).look();
    assert.deepEqual([states.queued.jobs, states.delayed.jobs, states.running.jobs], [queued - 52, 500, 20]);
  });
});

/** A second a job up to now: ended ones, a tenth queued, 500 put off, 20 running; each 20th of one user, the others of 500. */
async function fill(sql: Sql): Promise<void> {
  await sql`SET statement_timeout = 0`;
  await sql`ALTER TABLE backtest_jobs DISABLE TRIGGER USER`;
  await sql`
    INSERT INTO backtest_jobs (
      job_id, user_id, mode, state, stage, created_at, updated_at, started_at, finished_at, locked_by, locked_at,
      lease_expires_at, heartbeat_at, not_before, request_json, request_hash, engine_params_hash,
      backtest_runtime_config_hash, attempt, last_error, last_error_json
    )
    SELECT gen_random_uuid(), CASE WHEN n % 20 = 0 THEN ${userId}::uuid ELSE md5((n % 500)::text)::uuid END,
      'template', state, 'stage_a', at, at, CASE WHEN state <> 'queued' THEN at END,
      CASE WHEN over THEN at + interval '1 second' END, CASE WHEN state = 'running' THEN 'worker-1' END,
      CASE WHEN state = 'running' THEN at END, CASE WHEN state = 'running' THEN now() + interval '1 hour' END,
      CASE WHEN state = 'running' THEN at END, CASE WHEN n % ${rows}::int < 500 THEN now() + interval '1 hour' END,
      '{"top_k": 1}', hash, hash, hash, 1, CASE WHEN state = 'failed' THEN 'no' END,
      CASE WHEN state = 'failed' THEN '{}'::jsonb END
    FROM (
      SELECT n, repeat('a', 64) AS hash, now() - make_interval(secs => ${rows}::int - n) AS at,
        state, state NOT IN ('queued', 'running') AS over
      FROM generate_series(0, ${rows}::int - 1) AS n, LATERAL (
        SELECT CASE WHEN n < 500 THEN 'queued' WHEN n >= ${rows}::int - 20 THEN 'running' WHEN n % 10 = 9 THEN 'queued'
          WHEN n % 10 = 1 THEN 'failed' WHEN n % 10 = 2 THEN 'cancelled' ELSE 'succeeded' END AS state
      ) AS stated
    ) AS made`;
  // a commit that is not yet on disk keeps VACUUM from noting which pages need no look
  await sql`CHECKPOINT`;
  await sql`VACUUM ANALYZE backtest_jobs`;
}

/** The statements an adapter sends for it, against the same tables. */
async function sentBy(dsn: string, { run }: Doing): Promise<readonly SentStatement[]> {
  const sent: SentStatement[] = [];
  const recorded = connect(dsn, { connectionsMax: 1, onStatement: (statement) => sent.push(statement) });
  try {
    await run(recorded);
  } finally {
    await disconnect(recorded);
  }
  return sent.filter(({ text }) => text.includes("FROM backtest_jobs"));
}
