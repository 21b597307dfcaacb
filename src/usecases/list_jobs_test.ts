import assert from "node:assert/strict";
import { harness, userId } from "../../tests/helpers/worker_harness.ts";
import { BacktestError } from "../core/errors/mod.ts";
import { listJobs } from "./list_jobs.ts";

Deno.test("S000-11 S001-29 listJobs() page by page equals one big page, newest first", async () => {
  const { jobs, queue, submit, clock } = harness();
  for (let i = 0; i < 12; i++) {
    const { jobId } = await submit();
    await jobs.cancel({ jobId, userId });
    if (i % 3 === 0) await clock.advance(1);
  }
  assert.equal(await queue.claimNext({ lockedBy: "worker", leaseSeconds: 1 }), null);
  const whole = await listJobs(jobs, { userId, limit: 250 });
  assert.equal(whole.next_cursor, null);
  const paged = [];
  let cursor: string | null = "";
  const sizes = [];
  while (cursor !== null) {
    const page = await listJobs(jobs, { userId, limit: 5, cursor });
    paged.push(...page.items);
    sizes.push(page.items.length);
    cursor = page.next_cursor;
  }
  assert.deepEqual(sizes, [5, 5, 2]);
  assert.deepEqual(paged, whole.items);
  assert.deepEqual((await listJobs(jobs, { userId, state: " Canceled " })).items.length, 12);
  assert.deepEqual((await listJobs(jobs, { userId, state: "running" })).items, []);
});

Deno.test("listJobs() names a wrong state, cursor or limit", async () => {
  const { jobs } = harness();
  const item = async (query: Parameters<typeof listJobs>[1]) => {
    try {
      await listJobs(jobs, query);
    } catch (error) {
      assert.ok(error instanceof BacktestError);
      return (error.details.errors as { path: string; code: string }[]).map(({ path, code }) => [path, code]);
    }
    return [];
  };
  assert.deepEqual(await item({ userId, state: "done" }), [["query.state", "invalid_value"]]);
  assert.deepEqual(await item({ userId, cursor: "x" }), [["query.cursor", "invalid_cursor"]]);
  assert.deepEqual(await item({ userId, limit: 0 }), [["query.limit", "greater_than"]]);
  assert.deepEqual(await item({ userId, limit: 251 }), [["query.limit", "max_value"]]);
});
