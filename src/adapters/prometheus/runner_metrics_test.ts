import assert from "node:assert/strict";
import { Registry } from "prom-client";
import type { ClaimOutcome, RunnerMetrics } from "../../ports/runner_metrics.ts";
import { prometheusMetrics } from "./runner_metrics.ts";

const outcomes = ["succeeded", "failed", "cancelled", "lease_lost"] as const;

function fresh() {
  const registry = new Registry();
  return { registry, metrics: prometheusMetrics(registry) };
}

function claim(metrics: RunnerMetrics, reclaim = false): void {
  metrics.jobClaimed({ queueWaitSeconds: reclaim ? null : 20, reclaim });
}

/** Samples by `name{labels}`, histograms' buckets left out. */
async function samples(registry: Registry): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) =>
    line !== "" && !/^#|_bucket/.test(line)
  );
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}

Deno.test("S000-38 prometheusMetrics() registers every documented metric with a help text", async () => {
  const { registry } = fresh();
  const found = registry.getMetricsAsArray().map(({ name, type, help }) => {
    assert.ok(help);
    return `${name} ${type}`;
  });
  assert.deepEqual(found.sort(), [
    "backtest_job_runner_active_claimed_jobs gauge",
    "backtest_job_runner_attempts_exhausted_total counter",
    "backtest_job_runner_cancelled_total counter",
    "backtest_job_runner_claim_duration_seconds histogram",
    "backtest_job_runner_claim_total counter",
    "backtest_job_runner_failed_total counter",
    "backtest_job_runner_job_duration_seconds histogram",
    "backtest_job_runner_lease_lost_total counter",
    "backtest_job_runner_refused_writes_total counter",
    "backtest_job_runner_retries_total counter",
    "backtest_job_runner_stage_duration_seconds histogram",
    "backtest_job_runner_succeeded_total counter",
    "job_exec_seconds histogram",
    "job_retry_total counter",
    "queue_wait_seconds histogram",
  ]);
  assert.equal((await samples(registry)).get("backtest_job_runner_claim_total"), 0);
});

Deno.test("S001-11 prometheusMetrics() moves the counter of the outcome and no other", async () => {
  for (const outcome of outcomes) {
    const { registry, metrics } = fresh();
    claim(metrics);
    metrics.jobProcessed({ outcome, seconds: 1 });
    const values = await samples(registry);
    assert.equal(values.get("backtest_job_runner_claim_total"), 1);
    for (const other of outcomes) {
      assert.equal(values.get(`backtest_job_runner_${other}_total`), other === outcome ? 1 : 0, other);
    }
  }
});

Deno.test("S001-12 S004-16 prometheusMetrics() observes durations per job and per stage", async () => {
  const { registry, metrics } = fresh();
  claim(metrics);
  metrics.stageDone("stage_a", 3);
  metrics.stageDone("stage_b", 4);
  metrics.jobProcessed({ outcome: "succeeded", seconds: 7.5 });
  const values = await samples(registry);
  assert.equal(values.get("backtest_job_runner_job_duration_seconds_count"), 1);
  assert.equal(values.get("backtest_job_runner_job_duration_seconds_sum"), 7.5);
  assert.equal(values.get("job_exec_seconds_sum"), 7.5);
  assert.equal(values.get('backtest_job_runner_stage_duration_seconds_sum{stage="stage_a"}'), 3);
  assert.equal(values.get('backtest_job_runner_stage_duration_seconds_sum{stage="stage_b"}'), 4);
  assert.equal(values.has('backtest_job_runner_stage_duration_seconds_sum{stage="finalizing"}'), false);
});

Deno.test("S001-13 prometheusMetrics() counts active jobs up and down, whatever the outcome", async () => {
  for (const outcome of [...outcomes, "released", "retried"] satisfies ClaimOutcome[]) {
    const { registry, metrics } = fresh();
    claim(metrics);
    assert.equal((await samples(registry)).get("backtest_job_runner_active_claimed_jobs"), 1);
    metrics.jobProcessed({ outcome, seconds: 1 });
    assert.equal((await samples(registry)).get("backtest_job_runner_active_claimed_jobs"), 0);
  }
});

Deno.test("prometheusMetrics() counts nothing but the gauge for a released claim", async () => {
  const { registry, metrics } = fresh();
  claim(metrics);
  const before = await samples(registry);
  metrics.jobProcessed({ outcome: "released", seconds: 9 });
  const after = await samples(registry);
  assert.deepEqual(after, before.set("backtest_job_runner_active_claimed_jobs", 0));
});

Deno.test("prometheusMetrics() counts a retried claim as a retry and not as an outcome", async () => {
  const { registry, metrics } = fresh();
  claim(metrics);
  const before = await samples(registry);
  metrics.jobProcessed({ outcome: "retried", seconds: 9 });
  const after = await samples(registry);
  assert.deepEqual(after, before.set("backtest_job_runner_active_claimed_jobs", 0).set("job_retry_total", 1));
});

Deno.test("prometheusMetrics() counts jobs whose workers died too often apart from claims", async () => {
  const { registry, metrics } = fresh();
  const before = await samples(registry);
  metrics.attemptsExhausted();
  const after = await samples(registry);
  assert.deepEqual(after, before.set("backtest_job_runner_attempts_exhausted_total", 1));
});

Deno.test("prometheusMetrics() tells retries by what caused them", async () => {
  const { registry, metrics } = fresh();
  const cause = (values: Map<string, number>, name: string) =>
    values.get(`backtest_job_runner_retries_total{cause="${name}"}`);
  const before = await samples(registry);
  const causes = ["worker_died", "market_data_unavailable", "storage_unavailable"];
  assert.deepEqual(causes.map((name) => cause(before, name)), [0, 0, 0]);
  claim(metrics, true);
  metrics.jobPutOff("storage_unavailable");
  metrics.jobPutOff("storage_unavailable");
  const after = await samples(registry);
  assert.deepEqual(causes.map((name) => cause(after, name)), [1, 0, 2]);
});

Deno.test("prometheusMetrics() counts refused writes by their call", async () => {
  const { registry, metrics } = fresh();
  const name = (write: string) => `backtest_job_runner_refused_writes_total{write="${write}"}`;
  const before = await samples(registry);
  metrics.writeRefused("snapshot");
  assert.equal(before.get(name("heartbeat")), 0);
  assert.deepEqual(await samples(registry), before.set(name("snapshot"), 1));
});

Deno.test("prometheusMetrics() observes how long a claim takes by its result", async () => {
  const { registry, metrics } = fresh();
  const name = (result: string) => `backtest_job_runner_claim_duration_seconds_count{result="${result}"}`;
  metrics.claimAnswered({ result: "empty", seconds: 0.002 });
  metrics.claimAnswered({ result: "claimed", seconds: 0.004 });
  metrics.claimAnswered({ result: "empty", seconds: 0.002 });
  const values = await samples(registry);
  assert.deepEqual(["claimed", "empty", "failed"].map((result) => values.get(name(result))), [1, 2, 0]);
  assert.match(await registry.metrics(), /claim_duration_seconds_bucket{le="0.0025",result="empty"} 2/);
});

Deno.test("S004-15 S004-17 prometheusMetrics() tells a first claim from a reclaim", async () => {
  const { registry, metrics } = fresh();
  claim(metrics);
  claim(metrics, true);
  const values = await samples(registry);
  assert.equal(values.get("queue_wait_seconds_count"), 1);
  assert.equal(values.get("queue_wait_seconds_sum"), 20);
  assert.equal(values.get("job_retry_total"), 1);
});

Deno.test("S004-19 prometheusMetrics() has the queue objective's limits among its buckets", async () => {
  const { registry, metrics } = fresh();
  claim(metrics);
  const text = await registry.metrics();
  for (const limit of [30, 120]) assert.match(text, new RegExp(`queue_wait_seconds_bucket{le="${limit}"} 1`));
  assert.match(text, /queue_wait_seconds_bucket{le="15"} 0/);
});
