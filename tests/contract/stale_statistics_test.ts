import assert from "node:assert/strict";
import { connect, disconnect, type SentStatement, type Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { leaseOf } from "./job_stores.ts";

const server = embeddedPostgres();
const rows = 4000;
Deno.test("claims and fenced writes find their row by an index although statistics know of no such state", async () => {
  const dsn = await server.createDatabase();
  await withSchema(dsn, async (sql) => {
    await insert(sql, "cancelled");
    await sql`VACUUM ANALYZE backtest_jobs`;
    await insert(sql, "queued");
    const [takeOver, startInTurn, claim, ...fenced] = await Array.fromAsync(
      await statements(dsn),
      (sent) => steps(sql, sent),
    );
    assert.ok(takeOver!.indexes.includes("idx_backtest_jobs_reclaim"), takeOver!.nodes.join());
    assert.ok(!takeOver!.nodes.includes("Seq Scan"), takeOver!.nodes.join());
    assert.deepEqual(startInTurn!.indexes, ["backtest_jobs_pkey"]);
    assert.deepEqual(claim!.indexes, ["backtest_jobs_pkey"]);
    assert.equal(fenced.length, 5);
    for (const { indexes } of fenced) assert.deepEqual(indexes, ["backtest_jobs_pkey"]);
  });
});

async function insert(sql: Sql, state: "cancelled" | "queued"): Promise<void> {
  await sql`
    INSERT INTO backtest_jobs (
      job_id, user_id, mode, state, stage, created_at, updated_at, started_at, finished_at, request_json,
      request_hash, engine_params_hash, backtest_runtime_config_hash
    )
    SELECT gen_random_uuid(), md5('owner')::uuid, 'template', ${state}::text, 'stage_a', now(), now(),
      CASE ${state}::text WHEN 'cancelled' THEN now() END, CASE ${state}::text WHEN 'cancelled' THEN now() END,
      '{"top_k": 1}', hash, hash, hash
    FROM generate_series(1, ${rows}::int) AS n, repeat('a', 64) AS hash`;
}

/**
 * A claim in fair order, one by age, and the five statements that look for their job by its lease, without a job to find. Both
 * orders pick their job by a function, which has a test of its own.
 */
async function statements(dsn: string): Promise<readonly SentStatement[]> {
  const sent: SentStatement[] = [];
  const recorded = connect(dsn, { connectionsMax: 1, onStatement: (statement) => sent.push(statement) });
  try {
    const { queue } = postgresJobs(recorded);
    const claim = { lockedBy: "worker-1", leaseSeconds: 60 };
    await queue.claimNext({ ...claim, policy: "fair" });
    const job = (await queue.claimNext(claim))!;
    const lost = { ...leaseOf(job), attempt: job.attempt + 1 };
    await queue.check(lost);
    await queue.heartbeat(lost, { leaseSeconds: 60 });
    await queue.updateProgress(lost, { stage: "stage_a", processedUnits: 0, totalUnits: 1 });
    await queue.finish(lost, { state: "cancelled" });
    await queue.release(lost);
    return sent.filter(({ text }) => text.includes("backtest_jobs"));
  } finally {
    await disconnect(recorded);
  }
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Nodes and indexes of a statement's plan. */
async function steps(sql: Sql, { text, parameters }: SentStatement) {
  const [row] = await sql.unsafe(`EXPLAIN (FORMAT JSON) ${text}`, parameters as string[]);
  const found = nodes(row!["QUERY PLAN"][0].Plan as PlanNode);
  return {
    nodes: found.map((node) => node["Node Type"]),
    indexes: found.flatMap((node) => node["Index Name"] ?? []),
  };
}

function nodes(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodes)];
}
