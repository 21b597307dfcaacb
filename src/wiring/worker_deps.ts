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
  /** Absent: the worker only polls. */
  readonly wakeups?: JobWakeups;
  /** Numbers in [0, 1), for jitter; `Math.random` when absent. */
  readonly random?: () => number;
}

/** A worker's dependencies: its parts plus the slices of the config that concern it. */
export function workerDeps(parts: WorkerParts, { config, defaults }: Settings): WorkerDeps {
  return {
    wakeups: noWakeups,
    random: Math.random,
    ...parts,
    defaults,
    marketOf: marketLookup(config.markets),
    settings: {
      claimPollSeconds: config.jobs.claimPollSeconds,
      claimPolicy: config.jobs.claimPolicy,
      maxAttempts: config.jobs.maxAttempts,
      loadTimeoutSeconds: config.jobs.candleLoadSeconds,
      leaseSeconds: config.jobs.leaseSeconds,
      heartbeatSeconds: config.jobs.heartbeatSeconds,
      snapshotSeconds: config.jobs.snapshotSeconds,
      snapshotVariantsStep: config.jobs.snapshotVariantsStep,
      topKPersisted: config.jobs.topKPersistedDefault,
      guards: {
        maxVariants: config.guards.maxVariantsPerCompute,
        maxVariantsExhaustive: config.guards.maxVariantsExhaustive,
        maxBytes: config.guards.maxComputeBytesTotal,
      },
      preselectDefault: config.preselectDefault,
    },
  };
}
