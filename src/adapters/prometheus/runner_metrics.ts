import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ClaimOutcome, ClaimResult, FencedWrite, RunnerMetrics } from "../../ports/runner_metrics.ts";

const runnerBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 15, 30, 60, 300, 900];
// with 30 s and 2 min, the two limits of the queue's objective
const queueBuckets = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 900, 3600];

// a claim is one or two statements
const claimBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

const claimResults: readonly ClaimResult[] = ["claimed", "empty", "failed"];
const fencedWrites: readonly FencedWrite[] = [
  "heartbeat",
  "progress",
  "run_data",
  "shortlist",
  "snapshot",
  "planes",
  "succeed",
  "finish",
  "release",
  "retry",
  "begin",
  "candles",
  "task",
  "stop",
];
/** What jobs are run again for; others, should there ever be any, join when they are met. */
const retryCauses = ["worker_died", "market_data_unavailable", "storage_unavailable"];

type CountedOutcome = Exclude<ClaimOutcome, "released" | "retried">;

/**
 * Metrics of the worker on `registry`. One instance serves every worker of a process; a second one on the same registry
 * throws. A released or retried claim moves no counter of outcomes: the job's outcome is still open.
 */
export function prometheusMetrics(registry: Registry): RunnerMetrics {
  const claims = counter(registry, "claim_total", "Jobs claimed.");
  const outcomes: Readonly<Record<CountedOutcome, Counter>> = {
    succeeded: counter(registry, "succeeded_total", "Claimed jobs that succeeded."),
    failed: counter(registry, "failed_total", "Claimed jobs that failed."),
    cancelled: counter(registry, "cancelled_total", "Claimed jobs that were cancelled."),
    lease_lost: counter(registry, "lease_lost_total", "Claimed jobs given up because their lease was lost."),
  };
  const active = new Gauge({
    name: "backtest_job_runner_active_claimed_jobs",
    help: "Jobs being processed now.",
    registers: [registry],
  });
  const retries = jobRetries(registry);
  const exhausted = counter(
    registry,
    "attempts_exhausted_total",
    "Jobs that a claim ended because their worker died in every attempt.",
  );
  const { causes, refused } = labelled(registry);
  const { claim, jobDuration, stageDuration, queueWait, execution } = durations(registry);
  return {
    claimAnswered: ({ result, seconds }) => claim.observe({ result }, seconds),
    jobClaimed({ queueWaitSeconds, reclaim }) {
      claims.inc();
      active.inc();
      if (reclaim) {
        retries.inc();
        causes.inc({ cause: "worker_died" });
      }
      if (queueWaitSeconds !== null) queueWait.observe(queueWaitSeconds);
    },
    jobProcessed({ outcome, seconds }) {
      active.dec();
      if (outcome === "retried") retries.inc();
      if (outcome === "released" || outcome === "retried") return;
      outcomes[outcome].inc();
      jobDuration.observe(seconds);
      execution.observe(seconds);
    },
    attemptsExhausted: () => exhausted.inc(),
    jobPutOff: (cause) => causes.inc({ cause }),
    writeRefused: (write) => refused.inc({ write }),
    stageDone: (stage, seconds) => stageDuration.observe({ stage }, seconds),
  };
}

/** All retries, those of tasks among them; made by who asks first. */
export function jobRetries(registry: Registry): Counter {
  const name = "job_retry_total";
  const known = registry.getSingleMetric(name);
  if (known instanceof Counter) return known;
  const help =
    "Jobs and tasks started again, or put off, after a failure of another system or the death of their worker.";
  return new Counter({ name, help, registers: [registry] });
}

/** Counters by a closed set of values, all of which are there from the start. */
function labelled(registry: Registry) {
  const registers = [registry];
  const causes = new Counter({
    name: "backtest_job_runner_retries_total",
    help: "Jobs started again, or put off, by cause.",
    labelNames: ["cause"],
    registers,
  });
  for (const cause of retryCauses) causes.inc({ cause }, 0);
  const refused = new Counter({
    name: "backtest_job_runner_refused_writes_total",
    help: "Writes that the fence refused.",
    labelNames: ["write"],
    registers,
  });
  for (const write of fencedWrites) refused.inc({ write }, 0);
  return { causes, refused };
}

function durations(registry: Registry) {
  const registers = [registry];
  const claim = new Histogram({
    name: "backtest_job_runner_claim_duration_seconds",
    help: "From asking for a job to the answer.",
    labelNames: ["result"],
    buckets: claimBuckets,
    registers,
  });
  for (const result of claimResults) claim.zero({ result });
  return {
    claim,
    jobDuration: new Histogram({
      name: "backtest_job_runner_job_duration_seconds",
      help: "From the claim of a job to the end of its processing.",
      buckets: runnerBuckets,
      registers,
    }),
    stageDuration: new Histogram({
      name: "backtest_job_runner_stage_duration_seconds",
      help: "Time spent in each stage that was entered.",
      labelNames: ["stage"],
      buckets: runnerBuckets,
      registers,
    }),
    queueWait: new Histogram({
      name: "queue_wait_seconds",
      help: "From the submission of a job to its first claim.",
      buckets: queueBuckets,
      registers,
    }),
    execution: new Histogram({
      name: "job_exec_seconds",
      help: "Execution time of one claim of a job.",
      buckets: queueBuckets,
      registers,
    }),
  };
}

function counter(registry: Registry, suffix: string, help: string): Counter {
  return new Counter({ name: `backtest_job_runner_${suffix}`, help, registers: [registry] });
}
