import { kernelModule } from "../adapters/wasm/kernel_module.ts";
import { createRuleProbe } from "../adapters/wasm/rule_probe.ts";
import { noWakeups } from "../ports/no_wakeups.ts";
import type { Settings } from "../cli/deps.ts";
import { marketLookup } from "../core/bars/mod.ts";
import type { CandleSource } from "../ports/candle_source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Compute } from "../ports/compute.ts";
import type { JobQueue } from "../ports/job_queue.ts";
import type { JobResults } from "../ports/job_results.ts";
import type { JobWakeups } from "../ports/job_wakeups.ts";
import type { Log } from "../ports/log.ts";
import type { RunnerMetrics } from "../ports/runner_metrics.ts";
import { noTaskMetrics } from "../ports/task_metrics.ts";
import type { SharingDeps } from "../worker/sharing.ts";
import type { WorkerDeps } from "../worker/job_context.ts";

/** The parts of a worker that differ between a process, the demo and a test. */
export interface WorkerParts {
  readonly queue: JobQueue;
  readonly results: JobResults;
  readonly candles: CandleSource;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RunnerMetrics;
  /** What it shares sweeps through; absent: it takes whole jobs only. */
  readonly sharing?: Pick<SharingDeps, "coordinator" | "tasks" | "moduleHash"> & Partial<SharingDeps>;
  /** Absent: the worker only polls. */
  readonly wakeups?: JobWakeups;
  /** Numbers in [0, 1), for jitter; `Math.random` when absent. */
  readonly random?: () => number;
}

/** A worker's dependencies: its parts plus the slices of the config that concern it. */
export function workerDeps(
  { sharing, ...parts }: WorkerParts,
  { config, defaults }: Settings,
): WorkerDeps {
  const { max_retries: maxRetries } = config.optimizations;
  return {
    wakeups: noWakeups,
    random: Math.random,
    rules: createRuleProbe(kernelModule),
    ...parts,
    ...(sharing
      ? { sharing: { metrics: noTaskMetrics, newId: () => crypto.randomUUID(), maxRetries, ...sharing } }
      : {}),
    defaults,
    marketOf: marketLookup(config.markets),
    settings: {
      claimPollSeconds: config.jobs.claim_poll_seconds,
      claimPolicy: config.jobs.claim_policy,
      maxAttempts: config.jobs.max_attempts,
      loadTimeoutSeconds: config.jobs.candle_load_seconds,
      leaseSeconds: config.jobs.lease_seconds,
      heartbeatSeconds: config.jobs.heartbeat_seconds,
      snapshotSeconds: config.jobs.snapshot_seconds,
      snapshotVariantsStep: config.jobs.snapshot_variants_step,
      topKPersisted: config.jobs.top_k_persisted_default,
      guards: {
        maxVariants: config.guards.max_variants_per_compute,
        maxVariantsExhaustive: config.guards.max_variants_exhaustive,
        maxBytes: config.guards.max_compute_bytes_total,
      },
      preselectDefault: config.preselect_default,
    },
  };
}
