import assert from "node:assert/strict";
import type { Job } from "../../src/core/job/mod.ts";
import { leaseOf, reportedVariant } from "../contract/job_stores.ts";
import type { Answer } from "../helpers/api_world.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { type PostgresApi, postgresApi, untilWaiting } from "../helpers/postgres_api.ts";
import { runProgram } from "../helpers/program.ts";
import { requestBody } from "../helpers/worker_harness.ts";

const server = embeddedPostgres();
const path = "/backtests/jobs";
const quota = 3;
const quotaRefused = JSON.stringify({
  error: {
    code: "validation_error",
    message: "Active backtest jobs quota exceeded (max=3)",
    details: {
      errors: [{ path: "body", code: "quota_exceeded", message: "active jobs limit reached (3/3)" }],
    },
  },
});

const open = async () => await postgresApi(await server.createDatabase());

async function submit(api: PostgresApi, user: string): Promise<string> {
  const { status, json, text } = await api.send("POST", path, { body: requestBody(), user });
  assert.equal(status, 201, text);
  return json.job_id;
}

async function claim(api: PostgresApi): Promise<Job> {
  return (await api.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }))!;
}

/** The job as the table holds it, every column. */
async function rowOf({ sql }: PostgresApi, jobId: string): Promise<string> {
  const [row] = await sql<[{ row: string }]>`
    SELECT to_jsonb(j)::text AS row FROM backtest_jobs AS j WHERE job_id = ${jobId}::uuid`;
  return row.row;
}

const countOf = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

Deno.test("S003-02 POST /backtests/jobs of three replicas at the edge of the quota lets exactly one in", async () => {
  await using api = await open();
  for (let round = 0; round < 12; round++) {
    const user = crypto.randomUUID();
    for (let n = 1; n < quota; n++) await submit(api, user);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => api.send("POST", path, { body: requestBody(), user })),
    );
    assert.equal(countOf(answers, 201), 1);
    const refused = answers.filter(({ status }) => status !== 201);
    assert.deepEqual(
      refused.map(({ status, text }) => [status, text]),
      refused.map(() => [422, quotaRefused]),
    );
    assert.equal(await api.jobs.countActiveForUser(user), quota);
  }
});

Deno.test("S003-02 S003-04 jobs that end while others are created never let a user above the quota", async () => {
  await using api = await open();
  const user = crypto.randomUUID();
  for (let n = 0; n < quota; n++) await submit(api, user);
  let most = 0;
  for (let round = 0; round < 15; round++) {
    const active = (await api.send("GET", `${path}?state=queued`, { user })).json.items;
    const [ending] = active.map(({ job_id }: { job_id: string }) => job_id);
    const [cancelled, ...created] = await Promise.all([
      api.send("POST", `${path}/${ending}/cancel`, { user }),
      ...Array.from({ length: 4 }, () => api.send("POST", path, { body: requestBody(), user })),
    ]);
    assert.equal(cancelled.json.state, "cancelled");
    assert.ok(countOf(created, 201) <= 1 && countOf(created, 201) + countOf(created, 422) === 4);
    const count = await api.jobs.countActiveForUser(user);
    assert.ok(count <= quota, `${count} jobs are active`);
    most = Math.max(most, count);
    // the slot of the job that ended is free, whoever came too early
    if (count < quota) await submit(api, user);
  }
  assert.equal(most, quota);
});

Deno.test("POST /backtests/jobs with one Idempotency-Key on three replicas at once gives one job, in the last slot, too", async () => {
  await using api = await open();
  for (let round = 0; round < 8; round++) {
    const user = crypto.randomUUID();
    for (let n = 1; n < quota; n++) await submit(api, user);
    const headers = { "idempotency-key": `round-${round}` };
    const answers = await Promise.all(
      Array.from({ length: 9 }, () => api.send("POST", path, { body: requestBody(), headers, user })),
    );
    assert.deepEqual([countOf(answers, 201), countOf(answers, 200)], [1, 8]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(await api.jobs.countActiveForUser(user), quota);
  }
});

Deno.test("POST /backtests/jobs with one Idempotency-Key and two bodies at once gives one job and 409 for the other body", async () => {
  await using api = await open();
  for (let round = 0; round < 8; round++) {
    const user = crypto.randomUUID();
    const headers = { "idempotency-key": "one" };
    const answers = await Promise.all(
      Array.from(
        { length: 8 },
        (_, n) =>
          api.send("POST", path, { body: requestBody({ top_k: 1 + n % 2, top_trades_n: 1 }), headers, user }),
      ),
    );
    assert.deepEqual([201, 200, 409].map((status) => countOf(answers, status)), [1, 3, 4]);
    const { job_id } = answers.find(({ status }) => status === 201)!.json;
    for (const { status, json } of answers) {
      assert.equal(status === 409 ? json.error.details.job_id : json.job_id, job_id);
    }
    assert.equal(await api.jobs.countActiveForUser(user), 1);
  }
});

Deno.test("S003-13 S003-15 a cancel that arrives while the final write is under way finds the job succeeded", async () => {
  await using api = await open();
  const user = crypto.randomUUID();
  const jobId = await submit(api, user);
  const lease = leaseOf(await claim(api));
  const { done, cancelled } = await api.sql.begin(async (tx) => {
    // both wait for the row, the final write first; whoever comes second must look again
    await tx`SELECT FROM backtest_jobs WHERE job_id = ${jobId}::uuid FOR UPDATE`;
    const done = api.queue.succeed(lease, [reportedVariant(1)]);
    await untilWaiting(api.sql, 1);
    const cancelled = api.send("POST", `${path}/${jobId}/cancel`, { user });
    await untilWaiting(api.sql, 2);
    return { done, cancelled };
  });
  assert.equal((await done)?.state, "succeeded");
  const { status, json } = await cancelled;
  assert.deepEqual([status, json.state, json.cancel_requested_at], [200, "succeeded", null]);
  const [item] = (await api.send("GET", `${path}/${jobId}/top`, { user })).json.items;
  assert.equal(item.report_table_md, reportedVariant(1).reportTableMd);
});

Deno.test("S003-15 a cancel that comes just before the final write is on record, and the job still ends once", async () => {
  await using api = await open();
  const user = crypto.randomUUID();
  const jobId = await submit(api, user);
  const lease = leaseOf(await claim(api));
  const { done, cancelled } = await api.sql.begin(async (tx) => {
    await tx`SELECT FROM backtest_jobs WHERE job_id = ${jobId}::uuid FOR UPDATE`;
    const cancelled = api.send("POST", `${path}/${jobId}/cancel`, { user });
    await untilWaiting(api.sql, 1);
    const done = api.queue.finish(lease, { state: "cancelled" });
    await untilWaiting(api.sql, 2);
    return { done, cancelled };
  });
  const { json } = await cancelled;
  assert.equal(json.state, "running");
  assert.notEqual(json.cancel_requested_at, null);
  assert.equal((await done)?.state, "cancelled");
  assert.equal(await api.queue.succeed(lease, [reportedVariant(1)]), null);
  const now = (await api.send("GET", `${path}/${jobId}`, { user })).json;
  assert.deepEqual([now.state, now.cancel_requested_at], ["cancelled", json.cancel_requested_at]);
});

Deno.test("S003-12 S003-13 S004-11 cancels of three replicas against the end of the job: one terminal state, never changed again", async () => {
  await using api = await open();
  const user = crypto.randomUUID();
  const ends = [
    (job: Job) => api.queue.succeed(leaseOf(job), [reportedVariant(1)]),
    (job: Job) => api.queue.finish(leaseOf(job), { state: "failed", error: failure }),
    (job: Job) => api.queue.finish(leaseOf(job), { state: "cancelled" }),
  ];
  for (let round = 0; round < 30; round++) {
    const jobId = await submit(api, user);
    const job = await claim(api);
    const [ended, ...cancels] = await Promise.all([
      ends[round % 3]!(job),
      ...Array.from({ length: 3 }, () => api.send("POST", `${path}/${jobId}/cancel`, { user })),
    ]);
    const state = ["succeeded", "failed", "cancelled"][round % 3]!;
    assert.equal(ended?.state, state);
    for (const { status, json } of cancels) {
      assert.equal(status, 200);
      assert.ok(
        json.state === state || json.state === "running" && json.cancel_requested_at !== null,
        json.state,
      );
    }
    const row = await rowOf(api, jobId);
    const late = await Promise.all([
      api.send("POST", `${path}/${jobId}/cancel`, { user }),
      api.send("POST", `${path}/${jobId}/cancel`, { user }),
      api.queue.succeed(leaseOf(job), []),
      api.queue.finish(leaseOf(job), { state: "failed", error: failure }),
      api.queue.heartbeat(leaseOf(job), { leaseSeconds: 60 }),
    ]);
    assert.deepEqual(late.slice(2), [null, null, null]);
    assert.equal(late[0].json.state, state);
    assert.equal(late[0].text, late[1].text);
    assert.equal(await rowOf(api, jobId), row);
  }
});

Deno.test("S001-22 S004-11 a cancel against the claim of a queued job: ended at once, or running with the cancel on record", async () => {
  await using api = await open();
  const user = crypto.randomUUID();
  for (let round = 0; round < 30; round++) {
    const jobId = await submit(api, user);
    const [job, { json }] = await Promise.all([
      api.queue.claimNext({ lockedBy: "worker-1", leaseSeconds: 60 }),
      api.send("POST", `${path}/${jobId}/cancel`, { user }),
    ]);
    const now = (await api.send("GET", `${path}/${jobId}`, { user })).json;
    assert.notEqual(now.cancel_requested_at, null);
    if (job === null) {
      assert.deepEqual([json.state, now.state, now.started_at], ["cancelled", "cancelled", null]);
    } else {
      assert.deepEqual([json.state, now.state], ["running", "running"]);
      assert.equal((await api.queue.finish(leaseOf(job), { state: "cancelled" }))?.state, "cancelled");
    }
  }
});

Deno.test("S003-01 jobs of the API and of the command line fill one quota, whichever comes first", async () => {
  const dsn = await server.createDatabase();
  await using api = await postgresApi(dsn);
  const command = async (user: string) => {
    const args = ["jobs", "submit", "--request", "-", "--user", user];
    const stdin = JSON.stringify(requestBody());
    return await runProgram(args, { env: { STRATEGY_PG_DSN: dsn }, stdin });
  };
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  for (let n = 0; n < quota; n++) await submit(api, first);
  const { code, stderr } = await command(first);
  assert.equal(code, 1);
  assert.match(stderr, /^Active backtest jobs quota exceeded \(max=3\)/);
  for (let n = 0; n < quota; n++) assert.equal((await command(second)).code, 0);
  assert.equal((await api.send("POST", path, { body: requestBody(), user: second })).text, quotaRefused);
  for (const user of [first, second]) assert.equal(await api.jobs.countActiveForUser(user), quota);
});

Deno.test("S003-03 a creation above the quota leaves the jobs it has counted as they are", async () => {
  await using api = await open();
  const user = crypto.randomUUID();
  const ids = [await submit(api, user), await submit(api, user), await submit(api, user)];
  await claim(api);
  const rows = async () => await Promise.all(ids.map((id) => rowOf(api, id)));
  const before = await rows();
  for (let n = 0; n < 4; n++) {
    assert.equal((await api.send("POST", path, { body: requestBody(), user })).text, quotaRefused);
  }
  assert.deepEqual(await rows(), before);
});

const failure = { code: "backtest_job_runner_failed", message: "Cannot go on", details: {} };
