import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { prometheusMetrics } from "../../src/adapters/prometheus/runner_metrics.ts";
import type { CandleSource } from "../../src/ports/candle_source.ts";
import { runJob } from "../../src/worker/run_job.ts";
import type { Answer } from "../helpers/api_world.ts";
import { embeddedPostgres } from "../helpers/postgres.ts";
import { type PostgresApi, postgresApi } from "../helpers/postgres_api.ts";
import type { ComputeCall } from "../helpers/scripted_compute.ts";
import { harness, requestBody } from "../helpers/worker_harness.ts";

const server = embeddedPostgres();
const path = "/backtests/jobs";

const open = async () => await postgresApi(await server.createDatabase());

async function submit(api: PostgresApi): Promise<string> {
  const { status, json, text } = await api.send("POST", path, { body: requestBody() });
  assert.equal(status, 201, text);
  return json.job_id;
}

const status = (api: PostgresApi, jobId: string) => api.send("GET", `${path}/${jobId}`);
const top = (api: PostgresApi, jobId: string) => api.send("GET", `${path}/${jobId}/top?limit=10`);

/** A worker on the API's database, one variant per batch; what its compute answers is invented. */
function worker(
  api: PostgresApi,
  options: {
    readonly lockedBy?: string;
    readonly before?: (call: ComputeCall) => void | Promise<void>;
    readonly score?: () => number;
    readonly candles?: CandleSource;
  } = {},
) {
  const { lockedBy = "worker-1", ...script } = options;
  const made = harness({ batchUnits: 1, settings: { snapshotVariantsStep: 4 }, ...script });
  const registry = new Registry();
  const deps = { ...made.deps, queue: api.queue, results: api.results, metrics: prometheusMetrics(registry) };
  return {
    log: made.log,
    /** The value of `backtest_job_runner_NAME`. */
    async metric(name: string) {
      const found = await registry.getSingleMetric(`backtest_job_runner_${name}`)!.get();
      return found.values[0]!.value;
    },
    async runNext() {
      const { leaseSeconds } = deps.settings;
      const job = (await api.queue.claimNext({ lockedBy, leaseSeconds }))!;
      deps.metrics.jobClaimed({ queueWaitSeconds: null, reclaim: job.attempt > 1 });
      const { outcome } = await runJob({ job, lockedBy, sentMs: made.clock.monotonicMs() }, {
        deps,
        stop: new AbortController().signal,
      });
      deps.metrics.jobProcessed({ outcome, seconds: 1 });
      return outcome;
    },
  };
}

/** Rows in the table that hold a report or trades. */
async function storedReports({ sql }: PostgresApi): Promise<number> {
  const [{ count }] = await sql<[{ count: number }]>`
    SELECT count(*)::int AS count FROM backtest_job_top_variants
    WHERE report_table_md IS NOT NULL OR trades_json IS NOT NULL`;
  return count;
}

const hasReports = ({ json }: Answer) =>
  json.items.map((item: object) => "report_table_md" in item || "trades" in item);

Deno.test("S000-24 S000-33 S001-11 S001-23 a running job that is cancelled stays running with cancel_requested_at, later it is cancelled", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const seen: Answer[] = [];
  let batches = 0;
  const { runNext, metric } = worker(api, {
    async before({ kind }) {
      if (kind === "risk" && ++batches === 2) seen.push(await api.send("POST", `${path}/${jobId}/cancel`));
    },
  });
  assert.equal(await runNext(), "cancelled");
  assert.equal(seen.length, 1);
  const { status: code, json: asked } = seen[0]!;
  assert.deepEqual([code, asked.state, asked.stage], [200, "running", "stage_b"]);
  assert.notEqual(asked.cancel_requested_at, null);
  const { json } = await status(api, jobId);
  assert.deepEqual([json.state, json.cancel_requested_at], ["cancelled", asked.cancel_requested_at]);
  assert.deepEqual([json.last_error, json.last_error_json], [null, null]);
  assert.notEqual(json.finished_at, null);
  const rows = await top(api, jobId);
  assert.deepEqual([rows.json.state, hasReports(rows).includes(true)], ["cancelled", false]);
  assert.equal(await storedReports(api), 0);
  const counts = ["claim", "cancelled", "succeeded", "failed", "lease_lost"].map((name) =>
    metric(`${name}_total`)
  );
  assert.deepEqual(await Promise.all(counts), [1, 1, 0, 0, 0]);
});

Deno.test("S001-24 S003-05 S004-22 polling the status shows a job queued, running through its stages, and succeeded", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const polls = [(await status(api, jobId)).json];
  const { runNext } = worker(api, {
    before: async () => void polls.push((await status(api, jobId)).json),
  });
  assert.equal(await runNext(), "succeeded");
  polls.push((await status(api, jobId)).json);
  const phases = polls.map(({ state, stage }) => `${state} ${stage}`);
  assert.deepEqual(phases.filter((phase, i) => phase !== phases[i - 1]), [
    "queued stage_a",
    "running stage_a",
    "running stage_b",
    "running finalizing",
    "succeeded finalizing",
  ]);
  for (const [i, { stage, processed_units, total_units, started_at, finished_at }] of polls.entries()) {
    const before = polls[i - 1];
    if (before?.stage === stage) assert.ok(processed_units >= before.processed_units, `poll ${i}`);
    assert.ok(processed_units <= total_units);
    assert.equal(started_at === null, i === 0);
    assert.equal(finished_at === null, i < polls.length - 1);
  }
});

Deno.test("S001-25 GET .../top?limit=10 of a job that ran has reports and trades once it has succeeded, never before", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const during: Answer[] = [];
  const { runNext } = worker(api, {
    async before() {
      during.push(await top(api, jobId));
      assert.equal(await storedReports(api), 0);
    },
  });
  assert.equal(await runNext(), "succeeded");
  assert.equal(await storedReports(api), 5);
  assert.ok(during.some(({ json }) => json.items.length > 0), "no snapshot was seen");
  for (const answer of during) {
    assert.equal(answer.json.state, "running");
    assert.ok(!hasReports(answer).includes(true));
  }
  const { json } = await top(api, jobId);
  assert.equal(json.items.length, 5);
  for (const { report_table_md, trades, rank } of json.items) {
    assert.match(report_table_md, /^\|Metric\|Value\|\n/);
    assert.equal(Array.isArray(trades), rank <= 2);
  }
});

Deno.test("S000-33 S001-25 GET .../top of a job that failed in its last stage has no report and no trades", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const { runNext } = worker(api, {
    before({ kind }) {
      if (kind === "replay") throw new Error("out of memory");
    },
  });
  assert.equal(await runNext(), "failed");
  const rows = await top(api, jobId);
  assert.equal(rows.json.state, "failed");
  assert.ok(rows.json.items.length > 0);
  assert.ok(!hasReports(rows).includes(true));
  assert.equal(await storedReports(api), 0);
});

Deno.test("S001-31 S000-36 a failed job raises the counter, and SQL and status tell the same error without a stack", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const { runNext, metric } = worker(api, {
    score: () => {
      throw new TypeError("boom");
    },
  });
  assert.equal(await runNext(), "failed");
  assert.deepEqual([await metric("failed_total"), await metric("succeeded_total")], [1, 0]);
  const [row] = await api.sql`
    SELECT state, last_error, last_error_json FROM backtest_jobs WHERE job_id = ${jobId}::uuid`;
  const { json, text } = await status(api, jobId);
  assert.deepEqual({ ...row }, {
    state: "failed",
    last_error: json.last_error,
    last_error_json: json.last_error_json,
  });
  assert.equal(json.last_error, "boom");
  assert.deepEqual(Object.keys(json.last_error_json).sort(), ["code", "details", "message"]);
  assert.doesNotMatch(text, /\bat .*\.ts|\\n/);
});

Deno.test("S001-26 S001-27 a worker whose lease is stolen says so, counts it and writes nothing more; the thief finishes the job", async () => {
  await using api = await open();
  const jobId = await submit(api);
  const thief = worker(api, { lockedBy: "thief" });
  const rows = () =>
    api.sql`SELECT to_jsonb(j) AS job, ARRAY(
              SELECT to_jsonb(t) FROM backtest_job_top_variants AS t WHERE t.job_id = j.job_id ORDER BY rank
            ) AS top FROM backtest_jobs AS j`;
  let stolen = false;
  let finished: unknown;
  const robbed = worker(api, {
    async before({ kind }) {
      if (kind !== "risk" || stolen) return;
      stolen = true;
      await api.sql`UPDATE backtest_jobs SET lease_expires_at = lease_expires_at - interval '1 hour'`;
      assert.equal(await thief.runNext(), "succeeded");
      finished = [...await rows()];
    },
  });
  assert.equal(await robbed.runNext(), "lease_lost");
  assert.deepEqual([...await rows()], finished);
  const line = robbed.log.lines.find(({ event }) => event === "lease_lost");
  assert.deepEqual([line?.level, line?.fields.job_id, line?.fields.attempt], ["warn", jobId, 1]);
  assert.deepEqual([await robbed.metric("lease_lost_total"), await thief.metric("lease_lost_total")], [1, 0]);
  assert.deepEqual([await robbed.metric("succeeded_total"), await thief.metric("succeeded_total")], [0, 1]);
  assert.equal(await robbed.metric("active_claimed_jobs"), 0);
  assert.equal((await status(api, jobId)).json.state, "succeeded");
});

Deno.test("S003-14 S003-20 S003-21 S003-23 S003-24 S004-29 ended jobs look the same after a restart, also after a late cancel", async () => {
  const dsn = await server.createDatabase();
  const ids: string[] = [];
  const shown = async (api: PostgresApi, id: string) => [
    (await status(api, id)).text,
    (await top(api, id)).text,
    (await api.send("GET", `${path}/${id}/top.csv`)).text,
  ];
  const before: string[][] = [];
  const headers = { "idempotency-key": "mine" };
  let statusMembers: readonly string[] = [];
  {
    await using api = await postgresApi(dsn);
    ids.push((await api.send("POST", path, { body: requestBody(), headers })).json.job_id);
    statusMembers = Object.keys((await status(api, ids[0]!)).json);
    await worker(api).runNext();
    ids.push(await submit(api));
    await worker(api, { score: () => assert.fail("boom") }).runNext();
    ids.push(await submit(api));
    await worker(api, {
      before: async () => void await api.send("POST", `${path}/${ids[2]}/cancel`),
    }).runNext();
    for (const id of ids) before.push(await shown(api, id));
  }
  await using api = await postgresApi(dsn, { keepRows: true });
  const states = ["succeeded", "failed", "cancelled"];
  for (const [i, id] of ids.entries()) {
    assert.deepEqual(await shown(api, id), before[i]);
    const late = await api.send("POST", `${path}/${id}/cancel`);
    assert.deepEqual([late.status, late.json.state, late.text], [200, states[i], before[i]![0]]);
    assert.deepEqual(await shown(api, id), before[i]);
    assert.ok(late.json.total_units > 0);
    assert.deepEqual(Object.keys(late.json), statusMembers);
  }
  const again = await api.send("POST", path, { body: requestBody(), headers });
  assert.deepEqual([again.status, again.text], [200, before[0]![0]]);
});
