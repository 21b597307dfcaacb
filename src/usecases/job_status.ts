import type { JobStatus } from "../answers/job.ts";
import { costWarnings, type FuturesMarkets } from "../core/execution/mod.ts";
import { type Job, jobTerms } from "../core/job/mod.ts";

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

/** A moment as answers have it. */
export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
