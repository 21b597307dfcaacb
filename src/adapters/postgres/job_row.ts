import type { DataCoverage } from "../../core/bars/mod.ts";
import { tradeMembers } from "../../core/execution/mod.ts";
import { inSameAsOrder, type StoredWinnerPlanes } from "../../core/grid/mod.ts";
import {
  inRunDataOrder,
  type Job,
  type RunData,
  type StoredShortlist,
  type StoredTopVariant,
} from "../../core/job/mod.ts";
import { inMetricOrder } from "../../core/report/mod.ts";
import { inMemberOrder } from "../../core/text/mod.ts";
import type { LeaseStatus } from "../../ports/job_queue.ts";

/** A row of `backtest_jobs` as the driver gives it. */
export interface JobRow {
  readonly job_id: string;
  readonly user_id: string;
  readonly mode: Job["mode"];
  readonly state: Job["state"];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly cancel_requested_at: Date | null;
  readonly request_json: Job["requestJson"];
  readonly request_hash: string;
  readonly spec_hash: string | null;
  readonly spec_payload_json: Job["specPayloadJson"];
  readonly engine_params_hash: string;
  readonly backtest_runtime_config_hash: string;
  readonly stage: Job["stage"];
  readonly processed_units: number;
  readonly total_units: number;
  readonly progress_updated_at: Date | null;
  readonly locked_by: string | null;
  readonly locked_at: Date | null;
  readonly lease_expires_at: Date | null;
  readonly heartbeat_at: Date | null;
  readonly attempt: number;
  readonly retries: number;
  readonly not_before: Date | null;
  readonly last_error: string | null;
  readonly last_error_json: Job["lastErrorJson"];
  /** Undefined on a schema without the column, which workers put up with. */
  readonly trace_id?: string | null;
  /** These two likewise. */
  readonly data_json?: (DataCoverage & { readonly bars_before: number }) | null;
  readonly warnings_json?: readonly string[] | null;
}

/** A row of `backtest_job_top_variants`. */
export interface TopVariantRow {
  readonly job_id: string;
  readonly rank: number;
  readonly variant_key: string;
  readonly indicator_variant_key: string;
  readonly variant_index: number;
  readonly total_return_pct: number;
  readonly payload_json: StoredTopVariant["payload"];
  /** Undefined on a schema without the column, which workers put up with. */
  readonly metrics_json?: StoredTopVariant["metrics"];
  /** Likewise. */
  readonly same_as_json?: StoredTopVariant["sameAs"];
  readonly report_table_md: string | null;
  readonly trades_json: StoredTopVariant["trades"];
  readonly updated_at: Date;
}

/** A row of `backtest_job_stage_a_shortlist`. */
export interface ShortlistRow {
  readonly job_id: string;
  readonly stage_a_indexes_json: readonly number[];
  readonly stage_a_variants_total: number;
  readonly risk_total: number;
  readonly preselect_used: number;
  readonly updated_at: Date;
}

/** A row of `backtest_job_planes`. */
export interface PlanesRow {
  readonly job_id: string;
  readonly variant_key: string;
  readonly axes_json: StoredWinnerPlanes["axes"];
  readonly planes_json: StoredWinnerPlanes["planes"];
  readonly updated_at: Date;
}

/** The job a row holds. */
export function toJob(row: JobRow): Job {
  return {
    jobId: row.job_id,
    userId: row.user_id,
    mode: row.mode,
    state: row.state,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    startedAtMs: toMs(row.started_at),
    finishedAtMs: toMs(row.finished_at),
    cancelRequestedAtMs: toMs(row.cancel_requested_at),
    requestJson: row.request_json,
    requestHash: row.request_hash,
    specHash: row.spec_hash,
    specPayloadJson: row.spec_payload_json,
    engineParamsHash: row.engine_params_hash,
    backtestRuntimeConfigHash: row.backtest_runtime_config_hash,
    stage: row.stage,
    processedUnits: row.processed_units,
    totalUnits: row.total_units,
    progressUpdatedAtMs: toMs(row.progress_updated_at),
    lockedBy: row.locked_by,
    lockedAtMs: toMs(row.locked_at),
    leaseExpiresAtMs: toMs(row.lease_expires_at),
    heartbeatAtMs: toMs(row.heartbeat_at),
    attempt: row.attempt,
    retries: row.retries,
    notBeforeMs: toMs(row.not_before),
    lastError: row.last_error,
    lastErrorJson: row.last_error_json,
    traceId: row.trace_id ?? null,
    runData: toRunData(row),
  };
}

function toRunData({ data_json, warnings_json }: JobRow): RunData | null {
  if (!data_json) return null;
  const { bars_before: barsBefore, ...data } = data_json;
  return inRunDataOrder({ data, warnings: warnings_json ?? [], barsBefore });
}

/** The ranked variant a row holds. */
export function toTopVariant(row: TopVariantRow): StoredTopVariant {
  return {
    jobId: row.job_id,
    rank: row.rank,
    variantKey: row.variant_key,
    indicatorVariantKey: row.indicator_variant_key,
    variantIndex: row.variant_index,
    totalReturnPct: row.total_return_pct,
    payload: row.payload_json,
    metrics: toMetrics(row.metrics_json),
    sameAs: row.same_as_json ? inSameAsOrder(row.same_as_json) : null,
    reportTableMd: row.report_table_md,
    trades: row.trades_json && row.trades_json.map((trade) => inMemberOrder(trade, tradeMembers)),
    updatedAtMs: row.updated_at.getTime(),
  };
}

/** Stored metrics in their usual order, which jsonb does not keep; null where there are none, or no column for them. */
export function toMetrics(stored: TopVariantRow["metrics_json"]): StoredTopVariant["metrics"] {
  return stored ? inMetricOrder(stored) : null;
}

/** The shortlist a row holds. */
export function toShortlist(row: ShortlistRow): StoredShortlist {
  return {
    jobId: row.job_id,
    stageAIndexes: row.stage_a_indexes_json,
    stageAVariantsTotal: row.stage_a_variants_total,
    riskTotal: row.risk_total,
    preselectUsed: row.preselect_used,
    updatedAtMs: row.updated_at.getTime(),
  };
}

/** The planes a row holds, with members in their usual order, which jsonb does not keep. */
export function toPlanes(row: PlanesRow): StoredWinnerPlanes {
  return {
    jobId: row.job_id,
    variantKey: row.variant_key,
    axes: row.axes_json.map(({ name, values, winner }) => ({ name, values, winner })),
    planes: row.planes_json.map(({ x, y, returns }) => ({ x, y, returns })),
    updatedAtMs: row.updated_at.getTime(),
  };
}

/** Epoch milliseconds of a time, null kept. */
export function toMs(time: Date | null): number | null {
  return time === null ? null : time.getTime();
}

/** What a fenced write of a job answers. */
export type LeaseRow = Pick<JobRow, "cancel_requested_at"> & { readonly lease_expires_at: Date };

/** What it tells the worker. */
export function toLeaseStatus(row: LeaseRow): LeaseStatus {
  return {
    cancelRequestedAtMs: toMs(row.cancel_requested_at),
    leaseExpiresAtMs: row.lease_expires_at.getTime(),
  };
}
