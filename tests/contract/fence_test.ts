import assert from "node:assert/strict";
import { connect, disconnect, type SentStatement } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import type { Lease } from "../../src/core/job/mod.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { type JobStores, leaseOf, newJob, reportedVariant, runData, topVariant } from "./job_stores.ts";

const server = embeddedPostgres();

type Worker = Pick<JobStores, "queue" | "results">;

const shortlist = { stageAIndexes: [0], stageAVariantsTotal: 1, riskTotal: 1, preselectUsed: 1 };
const noPlanes = { variantKey: "k", axes: [], planes: [] };
const error = { code: "backtest_job_runner_failed", message: "No candle", details: {} };

/** A call of every method a worker has, by port and name; those that end the job come with a new one each. */
const calls: Readonly<Record<string, (worker: Worker, lease: Lease) => Promise<unknown>>> = {
  "queue.check": ({ queue }, lease) => queue.check(lease),
  "queue.heartbeat": ({ queue }, lease) => queue.heartbeat(lease, { leaseSeconds: 60 }),
  "queue.updateProgress": ({ queue }, lease) =>
    queue.updateProgress(lease, { stage: "stage_a", processedUnits: 0, totalUnits: 1 }),
  "queue.saveRunData": ({ queue }, lease) => queue.saveRunData(lease, runData),
  "queue.finish": ({ queue }, lease) => queue.finish(lease, { state: "failed", error }),
  "queue.succeed": ({ queue }, lease) => queue.succeed(lease, [reportedVariant(1)]),
  "queue.release": ({ queue }, lease) => queue.release(lease),
  "queue.retry": ({ queue }, lease) => queue.retry(lease, { delayMs: 1 }),
  "results.replaceTopVariants": ({ results }, lease) => results.replaceTopVariants(lease, [topVariant(1)]),
  "results.saveShortlist": ({ results }, lease) => results.saveShortlist(lease, shortlist),
  "results.savePlanes": ({ results }, lease) => results.savePlanes(lease, noPlanes),
};

/** Makes the fence, rather than carrying it; its own test is below. */
const claimMethod = "queue.claimNext";
/** For a lease that is not alive any more; the contract of queues has its tests. */
const surrenderMethod = "queue.surrender";
/** Read for anybody who asks, without a lease. */
const readMethods = [
  "queue.listAttempts",
  "queue.getState",
  "results.getPlanes",
  "results.getShortlist",
  "results.listTopVariants",
];

const writes = /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO)\s+(?:ONLY\s+)?(backtest_\w+)/i;
const fence = [
  /\bj\.job_id = \$\d+::uuid/,
  /\bj\.state = 'running'/,
  /\bj\.locked_by = \$\d+::text/,
  /\bj\.attempt = \$\d+::int/,
  /\bj\.lease_expires_at > clock_timestamp\(\)/,
];

/** Writes among the statements that neither carry the fence nor follow its lock in the same transaction. */
function unfenced(statements: readonly SentStatement[]): readonly string[] {
  const locked = new Set<number>();
  const found: string[] = [];
  for (const { connection, text } of statements) {
    if (/^\s*(begin|commit|rollback)\b/i.test(text)) locked.delete(connection);
    const fenced = fence.every((part) => part.test(text));
    if (fenced && /\bFOR UPDATE OF j\s*$/.test(text)) locked.add(connection);
    if (writes.test(text) && !fenced && !locked.has(connection)) found.push(text);
  }
  return found;
}

Deno.test("S000-10 every write of every worker method carries job, owner, attempt and an unexpired lease", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const sent: SentStatement[] = [];
    const recorded = connect(dsn, { connectionsMax: 2, onStatement: (statement) => sent.push(statement) });
    try {
      const { jobs, queue, results } = postgresJobs(recorded);
      const methods = [
        ...Object.keys(queue).map((name) => `queue.${name}`),
        ...Object.keys(results).map((name) => `results.${name}`),
      ];
      assert.deepEqual(
        methods.sort(),
        [...Object.keys(calls), claimMethod, surrenderMethod, ...readMethods].sort(),
      );
      for (const [n, [name, call]] of Object.entries(calls).entries()) {
        await sql`TRUNCATE backtest_jobs CASCADE`;
        await jobs.create(newJob(n), { maxActive: 9 });
        const job = (await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
        sent.length = 0;
        assert.ok(await call({ queue, results }, leaseOf(job)), name);
        assert.ok(sent.length > 0, name);
        assert.deepEqual(unfenced(sent), [], name);
        assert.ok(
          name === "queue.check" || sent.some(({ text }) => writes.test(text)),
          `${name} wrote nothing`,
        );
      }
    } finally {
      await disconnect(recorded);
    }
  });
});

Deno.test("the search for unfenced writes finds one, whichever part is missing and wherever it stands", () => {
  const whole =
    `UPDATE backtest_jobs AS j SET state = 'failed' WHERE j.job_id = $1::uuid AND j.state = 'running'
    AND j.locked_by = $2::text AND j.attempt = $3::int AND j.lease_expires_at > clock_timestamp()`;
  const at = (connection: number, text: string) => ({ connection, text, parameters: [] });
  assert.deepEqual(unfenced([at(1, whole)]), []);
  for (const part of fence) assert.equal(unfenced([at(1, whole.replace(part, "true"))]).length, 1);
  const lock = whole.replace(/UPDATE.*?WHERE/s, "SELECT FROM backtest_jobs AS j WHERE") + " FOR UPDATE OF j";
  const insert = "INSERT INTO backtest_job_top_variants SELECT $1";
  assert.deepEqual(unfenced([at(1, "begin "), at(1, lock), at(1, insert), at(1, "commit")]), []);
  assert.deepEqual(unfenced([at(1, "begin "), at(1, lock), at(2, insert)]), [insert]);
  assert.deepEqual(unfenced([at(1, lock), at(1, "commit"), at(1, insert)]), [insert]);
  assert.deepEqual(unfenced([at(1, insert)]), [insert]);
});

Deno.test("S000-08 a claim takes only rows it has locked, that are queued and due or whose lease has run out", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    const statements = async (policy: "fifo" | "fair") => {
      const sent: SentStatement[] = [];
      const recorded = connect(dsn, { connectionsMax: 1, onStatement: (statement) => sent.push(statement) });
      try {
        // the queue is empty, so that every statement is sent
        await postgresJobs(recorded).queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60, policy });
      } finally {
        await disconnect(recorded);
      }
      return sent.map(({ text }) => text);
    };
    const byAge = (await statements("fifo")).filter((text) => writes.test(text));
    assert.equal(byAge.length, 3, "the oldest queued, the oldest abandoned, and any queued");
    for (const text of byAge) assert.match(text, /attempt = j\.attempt \+ 1/);
    const [oldest, abandoned, any] = byAge;
    assert.match(oldest!, /WHERE j\.job_id = \(SELECT backtest_oldest_queued\(false\)\)/);
    assert.match(any!, /WHERE j\.job_id = \(SELECT backtest_oldest_queued\(true\)\)/);
    assert.equal(abandoned!.match(/FOR UPDATE SKIP LOCKED/g)?.length, 1);
    assert.match(abandoned!, /state = \(SELECT 'running'\) AND lease_expires_at <= /);

    const inTurn = await statements("fair");
    assert.deepEqual(inTurn.filter((text) => writes.test(text)), [abandoned]);
    assert.ok(inTurn.some((text) => text.includes("backtest_take_turn()")));
    for (const name of ["backtest_oldest_queued", "backtest_take_turn"]) {
      const [{ body }] = await sql<[{ readonly body: string }]>`
        SELECT pg_get_functiondef(${name}::text::regproc) AS body`;
      const pick = /SELECT job_id INTO picked FROM backtest_jobs[^;]*;/.exec(body)?.[0] ?? "";
      assert.match(pick, /state = 'queued'[^;]* AND \(not_before IS NULL OR not_before <= /);
      assert.match(pick, /FOR UPDATE SKIP LOCKED;$/);
    }
  });
});
