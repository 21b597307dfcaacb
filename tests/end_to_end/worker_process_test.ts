import assert from "node:assert/strict";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { walkRequest, type WorkerWorld, workerWorld } from "../helpers/worker_world.ts";

const server = embeddedPostgres();

const longSweep = { windows: 1500 };

Deno.test("S000-01 S000-04 S000-38 S001-07 S001-10 a worker process runs a submitted job from claim to report", async () => {
  await using world = await workerWorld(server);
  const user = crypto.randomUUID();
  const jobId = await world.submit(walkRequest({ windows: 30 }), user);
  const owner = [jobId, "--user", user];
  assert.match((await world.run(["jobs", "show", ...owner])).stdout, /state +queued/);

  const worker = world.startWorker();
  const watched = await world.run(["jobs", "watch", ...owner]);
  assert.equal(watched.code, 0, watched.stderr);
  assert.match(watched.stdout, /state +succeeded/);
  const top = JSON.parse((await world.run(["jobs", "top", ...owner, "--json"])).stdout);
  assert.equal(top.state, "succeeded");
  assert.equal(top.items.length, 20);
  assert.ok(top.items.every((item: { report_table_md: string }) => item.report_table_md.includes("|SQN|")));
  assert.match((await world.run(["jobs", "top", ...owner, "--limit", "3"])).stdout, /ma\.sma\(close, /);

  const metrics = await (await fetch(worker.metricsUrl)).text();
  for (const line of ["claim_total 1", "succeeded_total 1", "failed_total 0", "active_claimed_jobs 0"]) {
    assert.ok(metrics.includes(`backtest_job_runner_${line}\n`), line);
  }
  for (
    const name of ["job_duration_seconds", "stage_duration_seconds", "lease_lost_total", "cancelled_total"]
  ) {
    assert.ok(metrics.includes(`backtest_job_runner_${name}`), name);
  }
  worker.process.kill("SIGTERM");
  assert.equal((await worker.ended()).code, 0);
});

Deno.test("S000-45 SIGTERM ends an idle worker promptly and makes a busy one give its job back", async () => {
  await using world = await workerWorld(server);
  const idle = world.startWorker();
  await idle.saw("event=metrics_started");
  idle.process.kill("SIGTERM");
  assert.equal((await idle.ended()).code, 0);

  const jobId = await world.submit(walkRequest(longSweep));
  const busy = world.startWorker();
  await busy.saw("stage=stage_b");
  const metrics = await (await fetch(busy.metricsUrl)).text();
  assert.ok(metrics.includes("backtest_job_runner_active_claimed_jobs 1\n"), metrics);
  busy.process.kill("SIGTERM");
  const { code, stderr } = await busy.ended();
  assert.equal(code, 0);
  assert.match(stderr, /event=job_released/);
  assert.deepEqual(await rowOf(world, jobId), {
    state: "queued",
    stage: "stage_a",
    attempt: 1,
    owned: false,
  });
});

Deno.test("S000-29 S001-13 S001-16 a job whose worker is killed is reclaimed and ends with the rows of a calm run", async () => {
  await using world = await workerWorld(server);
  const calm = await world.submit(walkRequest(longSweep));
  const first = world.startWorker();
  await first.saw("event=job_processed");
  const killed = await world.submit(walkRequest(longSweep));
  await first.saw(`event=stage_started job_id=${killed} attempt=1`);
  first.process.kill("SIGKILL");
  await first.ended();
  await world.sql((sql) =>
    sql`UPDATE backtest_jobs SET lease_expires_at = now() - interval '1 second' WHERE job_id = ${killed}::uuid`
  );

  const second = world.startWorker();
  await second.saw("event=job_processed");
  const metrics = await (await fetch(second.metricsUrl)).text();
  for (const line of ["claim_total 1", "succeeded_total 1", "active_claimed_jobs 0"]) {
    assert.ok(metrics.includes(`backtest_job_runner_${line}\n`), line);
  }
  second.process.kill("SIGTERM");
  await second.ended();
  assert.deepEqual(await rowOf(world, killed), {
    state: "succeeded",
    stage: "finalizing",
    attempt: 2,
    owned: false,
  });
  assert.equal(await resultOf(world, killed), await resultOf(world, calm));
});

Deno.test("S000-08 S001-27 two worker processes never run one job twice", async () => {
  await using world = await workerWorld(server);
  const jobs = 12;
  for (let i = 0; i < jobs; i++) await world.submit(walkRequest({ windows: 3 + i, topK: 3 }));
  const workers = [world.startWorker(), world.startWorker()];
  await world.sql(async (sql) => {
    for (let open = jobs; open > 0;) {
      [{ open }] = await sql<[{ open: number }]>`
        SELECT count(*)::int AS open FROM backtest_jobs, pg_sleep(0.05) WHERE state IN ('queued', 'running')`;
    }
  });
  for (const { process } of workers) process.kill("SIGTERM");
  const logs = await Promise.all(workers.map(async (worker) => (await worker.ended()).stderr));
  const claimed = logs.flatMap((log) =>
    [...log.matchAll(/event=job_claimed job_id=(\S+)/g)].map(([, id]) => id)
  );
  assert.equal(claimed.length, jobs);
  assert.equal(new Set(claimed).size, jobs);
  const rows = await world.sql((sql) => sql`SELECT DISTINCT state, attempt FROM backtest_jobs`);
  assert.deepEqual([...rows], [{ state: "succeeded", attempt: 1 }]);
});

Deno.test("jobs commands tell missing, foreign and malformed ids and a full quota in one line", async () => {
  await using world = await workerWorld(server);
  const user = crypto.randomUUID();
  const jobId = await world.submit(walkRequest({ windows: 3 }), user);
  const refusal = async (args: readonly string[], expected: RegExp, stdin?: string) => {
    const { code, stderr } = await world.run(["jobs", ...args], stdin === undefined ? {} : { stdin });
    assert.equal(code, 1);
    assert.match(stderr, expected);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  };
  await refusal(["show", crypto.randomUUID()], /Backtest job was not found/);
  await refusal(["show", jobId], /does not belong to current user/);
  await refusal(["cancel", jobId], /does not belong to current user/);
  await refusal(["show", "seven"], /"seven": not a UUID/);
  await refusal(["top", jobId, "--user", user, "--limit", "5000"], /300.*5000/);
  const body = JSON.stringify(walkRequest({ windows: 3 }));
  for (let i = 0; i < 2; i++) await world.submit(walkRequest({ windows: 3 }), user);
  await refusal(["submit", "--request", "-", "--user", user], /quota exceeded \(max=3\)/, body);
  assert.equal(
    (await world.run(["jobs", "list", "--user", user, "--limit", "2"])).stdout.match(/queued/g)?.length,
    2,
  );
  const cancelled = await world.run(["jobs", "cancel", jobId, "--user", user]);
  assert.match(cancelled.stdout, /state +cancelled/);
  const watched = await world.run(["jobs", "watch", jobId, "--user", user]);
  assert.equal(watched.code, 1);
});

async function rowOf(world: WorkerWorld, jobId: string) {
  const [row] = await world.sql((sql) =>
    sql`SELECT state, stage, attempt, locked_by IS NOT NULL AS owned FROM backtest_jobs
        WHERE job_id = ${jobId}::uuid`
  );
  return { ...row };
}

async function resultOf(world: WorkerWorld, jobId: string): Promise<string> {
  const rows = await world.sql((sql) =>
    sql`SELECT rank, variant_key, indicator_variant_key, variant_index, total_return_pct, payload_json,
               report_table_md, trades_json
        FROM backtest_job_top_variants WHERE job_id = ${jobId}::uuid ORDER BY rank`
  );
  assert.ok(rows.length > 0);
  return JSON.stringify(rows);
}
