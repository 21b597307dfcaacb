import assert from "node:assert/strict";
import type { Sql } from "../../src/adapters/postgres/connect.ts";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { jobIdOf, leaseOf, newJob, reportedVariant } from "./job_stores.ts";

const server = embeddedPostgres();
const document = Deno.readTextFileSync(new URL("../../docs/jobs.md", import.meta.url));
const queries = [...document.matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(([, query]) => query!);

/** Runs the one query of the document that has `part` in it as psql would. */
async function documented(sql: Sql, part: string): Promise<readonly Record<string, unknown>[]> {
  const [query, ...others] = queries.filter((query) => query.includes(part));
  assert.ok(query !== undefined && others.length === 0, `${part}: ${others.length} others`);
  return [...await sql.unsafe(query.replaceAll(":'job_id'", `'${jobIdOf(1)}'`))];
}

Deno.test("S001-15 S001-19 S001-20 S001-31 the queries of docs/jobs.md run as written and tell what they promise", async () => {
  assert.equal(queries.length, 4);
  await withSchema(await server.createDatabase(), async (sql) => {
    const { jobs, queue, results } = postgresJobs(sql);
    for (let n = 1; n <= 5; n++) await jobs.create(newJob(n), { maxActive: 9 });
    const leases = [];
    for (const leaseSeconds of [30, 90, 60, 60]) {
      leases.push(leaseOf((await queue.claimNext({ lockedBy: `worker-${leaseSeconds}`, leaseSeconds }))!));
    }
    const ids = async () => (await documented(sql, "WHERE state = 'running'")).map(({ job_id }) => job_id);
    assert.deepEqual(await ids(), [1, 3, 4, 2].map(jobIdOf));
    await sql`UPDATE backtest_jobs SET lease_expires_at = '2099-01-01T00:00:00Z', created_at = '2026-01-01T00:00:00Z'
              WHERE state = 'running'`;
    assert.deepEqual(await ids(), [1, 2, 3, 4].map(jobIdOf));

    const [lease] = leases;
    const totals = { stageAVariantsTotal: 9, riskTotal: 4, preselectUsed: 3 };
    await results.saveShortlist(lease!, { stageAIndexes: [5, 2, 7], ...totals });
    const [row, ...others] = await documented(sql, "backtest_job_stage_a_shortlist");
    const { updated_at, ...shortlist } = row!;
    assert.deepEqual([shortlist, others], [
      { job_id: jobIdOf(1), stage_a_variants_total: 9, risk_total: 4, preselect_used: 3 },
      [],
    ]);
    assert.ok(updated_at instanceof Date);

    await queue.succeed(lease!, [2, 1, 3].map(reportedVariant));
    const rows = await documented(sql, "backtest_job_top_variants");
    assert.deepEqual(rows.map(({ rank, report, trades }) => [rank, report, trades]), [
      [1, true, 1],
      [2, true, null],
      [3, true, null],
    ]);

    const details = { error_class: "UpstreamError" };
    const error = { code: "market_data_unavailable", message: "no answer", details };
    await queue.finish(leases[1]!, { state: "failed", error });
    const failed = await documented(sql, "WHERE state = 'failed'");
    assert.deepEqual(failed.map(({ job_id, last_error, error_class }) => [job_id, last_error, error_class]), [
      [jobIdOf(2), "no answer", "UpstreamError"],
    ]);
  });
});
