import type { DataCoverage } from "../core/bars/mod.ts";
import { costWarnings, type FuturesMarkets } from "../core/execution/mod.ts";
import {
  type Job,
  type JobError,
  type JobMode,
  type JobState,
  jobTerms,
  type Stage,
} from "../core/job/mod.ts";

/** A job as callers see it. Lease and attempt stay inside. Times are ISO 8601 UTC. */
export interface JobStatus {
  readonly job_id: string;
  readonly mode: JobMode;
  readonly state: JobState;
  readonly stage: Stage;
  readonly created_at: string;
  readonly updated_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly cancel_requested_at: string | null;
  readonly progress_updated_at: string | null;
  readonly processed_units: number;
  readonly total_units: number;
  readonly request_hash: string;
  readonly engine_params_hash: string;
  readonly backtest_runtime_config_hash: string;
  readonly spec_hash: string | null;
  readonly last_error: string | null;
  readonly last_error_json: JobError | null;
  /** W3C trace id of the request that created the job; the worker's log lines about it carry the same. */
  readonly trace_id: string | null;
  /** What its figures are made on; null until a worker has loaded the candles, and for jobs of earlier releases. */
  readonly data: DataCoverage | null;
  /** What the candles gave reason to warn of; null where `data` is. */
  readonly warnings: readonly string[] | null;
}

/**
 * The public view of a job as it is shown: once its candles are loaded, with a warning of the costs that are not in its
 * figures, where its direction allows shorts or its market is one of futures. Its rows are not looked at.
 */
export function shownJob(job: Job, markets: FuturesMarkets): JobStatus {
  const status = jobStatus(job);
  if (status.warnings === null) return status;
  const costs = costWarnings({ ...jobTerms(job), markets, shortTrades: null });
  return { ...status, warnings: [...status.warnings, ...costs] };
}

/** The public view of a job. */
export function jobStatus(job: Job): JobStatus {
  return {
    job_id: job.jobId,
    mode: job.mode,
    state: job.state,
    stage: job.stage,
    created_at: iso(job.createdAtMs),
    updated_at: iso(job.updatedAtMs),
    started_at: isoOrNull(job.startedAtMs),
    finished_at: isoOrNull(job.finishedAtMs),
    cancel_requested_at: isoOrNull(job.cancelRequestedAtMs),
    progress_updated_at: isoOrNull(job.progressUpdatedAtMs),
    processed_units: job.processedUnits,
    total_units: job.totalUnits,
    request_hash: job.requestHash,
    engine_params_hash: job.engineParamsHash,
    backtest_runtime_config_hash: job.backtestRuntimeConfigHash,
    spec_hash: job.specHash,
    last_error: job.lastError,
    last_error_json: job.lastErrorJson,
    trace_id: job.traceId,
    data: job.runData?.data ?? null,
    warnings: job.runData?.warnings ?? null,
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
