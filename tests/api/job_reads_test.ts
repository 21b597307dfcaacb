import assert from "node:assert/strict";
import { topVariant } from "../contract/job_stores.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { type PostgresApi, postgresApi } from "../helpers/postgres_api.ts";
import { leaseOf, requestBody, userId } from "../helpers/worker_harness.ts";

const server = embeddedPostgres();
const path = "/backtests/jobs";
const strangerId = "22222222-2222-4222-8222-222222222222";

const open = async () => await postgresApi(await server.createDatabase());

async function submit(api: PostgresApi, user = userId): Promise<string> {
  const { status, json, text } = await api.send("POST", path, { body: requestBody(), user });
  assert.equal(status, 201, text);
  return json.job_id;
}

const status = (api: PostgresApi, jobId: string) => api.send("GET", `${path}/${jobId}`);
const top = (api: PostgresApi, jobId: string) => api.send("GET", `${path}/${jobId}/top?limit=10`);

Deno.test("S001-18 GET .../top right after a reclaim still lists the rows of the attempt before", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const first = (await api.queue.claimNext({ lockedBy: "dead", leaseSeconds: 60 }))!;
  await api.results.replaceTopVariants(leaseOf(first), [topVariant(1), topVariant(2)]);
  const before = (await top(api, jobId)).json.items;
  await api.sql`UPDATE backtest_jobs SET lease_expires_at = lease_expires_at - interval '1 hour'`;
  assert.equal((await api.queue.claimNext({ lockedBy: "worker-2", leaseSeconds: 60 }))?.attempt, 2);
  const { json } = await top(api, jobId);
  assert.deepEqual([json.state, json.items.length], ["running", 2]);
  assert.deepEqual(json.items, before);
});

Deno.test("S003-33 status, rows and lists answer while a worker's write of the same rows is not committed", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const lease = leaseOf((await api.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
  await api.results.replaceTopVariants(lease, [topVariant(1)]);
  const read = async () => [
    (await status(api, jobId)).text,
    (await top(api, jobId)).text,
    (await api.send("GET", path)).text,
  ];
  const before = await read();
  await api.sql.begin(async (tx) => {
    await tx`UPDATE backtest_jobs SET processed_units = 1, total_units = 2`;
    await tx`DELETE FROM backtest_job_top_variants`;
    assert.deepEqual(await read(), before);
  });
  assert.notDeepEqual(await read(), before);
});

Deno.test("S002-29 reading status, rows and lists again and again changes nothing", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const lease = leaseOf((await api.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!);
  await api.results.replaceTopVariants(lease, [topVariant(1)]);
  const rows = () =>
    api.sql`SELECT to_jsonb(j) AS job, to_jsonb(t) AS top, j.xmin::text AS version
            FROM backtest_jobs AS j JOIN backtest_job_top_variants AS t USING (job_id)`;
  const before = [...await rows()];
  const texts = new Set<string>();
  for (let n = 0; n < 10; n++) {
    for (const rest of [`/${jobId}`, `/${jobId}/top`, `/${jobId}/top.csv`, ""]) {
      texts.add((await api.send("GET", path + rest)).text);
    }
  }
  assert.equal(texts.size, 4);
  assert.deepEqual([...await rows()], before);
});

Deno.test("S004-21 S003-01 a stranger can neither read nor cancel a job nor use up its owner's slots", async () => {
  await using api = await open();
  const ids = [await submit(api), await submit(api)];
  const rows = () => api.sql`SELECT to_jsonb(j) AS row FROM backtest_jobs AS j WHERE user_id = ${userId}`;
  const before = [...await rows()];
  for (let n = 0; n < 3; n++) await submit(api, strangerId);
  const refused = await api.send("POST", path, { body: requestBody(), user: strangerId });
  assert.equal(refused.json.error.details.errors[0].code, "quota_exceeded");
  for (const [method, rest] of [["GET", ""], ["GET", "/top"], ["POST", "/cancel"]] as const) {
    const answer = await api.send(method, `${path}/${ids[0]}${rest}`, { user: strangerId });
    assert.deepEqual([answer.status, answer.json.error.details], [403, { job_id: ids[0] }]);
  }
  const { items } = (await api.send("GET", path, { user: strangerId })).json;
  assert.ok(items.length === 3 && items.every(({ job_id }: { job_id: string }) => !ids.includes(job_id)));
  assert.deepEqual([...await rows()], before);
  await submit(api);
});
