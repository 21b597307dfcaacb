import assert from "node:assert/strict";
import { postgresJobs } from "../../src/adapters/postgres/jobs.ts";
import { embeddedPostgres, withSchema } from "../helpers/postgres.ts";
import { jobIdOf, leaseOf, newJob, userId } from "./job_stores.ts";

const server = embeddedPostgres();
const idempotency = { key: "once", bodyHash: "e".repeat(64) };

Deno.test("create() with equal keys at the same time gives one job to all", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { jobs } = postgresJobs(sql);
    const created = await Promise.all(
      Array.from({ length: 12 }, (_, n) => jobs.create(newJob(n + 1), { maxActive: 1, idempotency })),
    );
    assert.equal(new Set(created.map(({ jobId }) => jobId)).size, 1);
    const [row] = await sql`SELECT count(*)::int AS rows FROM backtest_jobs`;
    assert.equal(row?.rows, 1);
  });
});

Deno.test("S003-02 create() in parallel never exceeds the quota", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { jobs } = postgresJobs(sql);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) => jobs.create(newJob(n + 1), { maxActive: 3 })),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 3);
    assert.equal(await jobs.countActiveForUser(userId), 3);
  });
});

Deno.test("S003-13 cancel() at the moment of success never takes a finished job back", async () => {
  await withSchema(await server.createDatabase(), async (sql) => {
    const { jobs, queue } = postgresJobs(sql);
    for (let n = 1; n <= 20; n++) {
      await jobs.create(newJob(n), { maxActive: 1 });
      const lease = leaseOf((await queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
      const [done, cancelled] = await Promise.all([
        queue.succeed(lease, []),
        jobs.cancel({ jobId: jobIdOf(n), userId }),
      ]);
      assert.equal(done?.state, "succeeded");
      assert.ok(cancelled?.state === "running" || cancelled?.state === "succeeded");
      assert.equal((await jobs.get(jobIdOf(n)))?.state, "succeeded");
    }
  });
});
