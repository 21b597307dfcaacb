import type { JobError } from "../../core/job/mod.ts";
import {
  type CancelReason,
  type FinalMetrics,
  inFinalOrder,
  type Run,
  type RunKind,
  type RunPhase,
  type RunState,
  type Side,
  type Step,
  type StepSource,
} from "../../core/run/mod.ts";
import { toMs } from "./job_row.ts";

/** A row of `backtest_runs AS r` as {@link runColumns} select it. */
export interface RunRow {
  readonly run_id: string;
  readonly user_id: string;
  readonly kind: RunKind;
  readonly state: RunState;
  readonly phase: RunPhase | null;
  readonly workspace_id: string | null;
  readonly current: boolean | null;
  readonly request_json: Run["requestJson"];
  readonly request_hash: string;
  readonly metadata_json: Run["metadata"];
  readonly agent_name: string | null;
  readonly model_name: string | null;
  readonly session_tag: string | null;
  readonly listed: boolean;
  readonly owner_instance: string | null;
  readonly heartbeat_at: Date | null;
  readonly step_index: number;
  readonly total_steps: number;
  readonly timeout_holds: number;
  readonly step_opened_at: Date | null;
  readonly candles_hash: string | null;
  readonly slice_bars: number | null;
  readonly loaded_json: Run["loadedJson"];
  readonly metrics_json: FinalMetrics | null;
  readonly baselines_json: Run["baselines"];
  readonly cancel_reason: CancelReason | null;
  readonly last_error: string | null;
  readonly last_error_json: JobError | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

/** What is read of a run wherever its result is not asked for: that may be megabytes. */
export const runColumns = [
  ..."run_id user_id kind state phase workspace_id current request_json request_hash metadata_json agent_name"
    .split(" "),
  ..."model_name session_tag listed owner_instance heartbeat_at step_index total_steps timeout_holds".split(
    " ",
  ),
  ..."step_opened_at candles_hash slice_bars loaded_json baselines_json cancel_reason last_error last_error_json"
    .split(
      " ",
    ),
  ..."created_at updated_at finished_at".split(" "),
].map((column) => `r.${column}`).concat("r.result_json->'metrics' AS metrics_json").join(", ");

/** The run a row holds. */
export function toRun(row: RunRow): Run {
  return {
    runId: row.run_id,
    userId: row.user_id,
    kind: row.kind,
    state: row.state,
    phase: row.phase,
    workspaceId: row.workspace_id,
    current: row.current,
    requestJson: row.request_json,
    requestHash: row.request_hash,
    metadata: row.metadata_json,
    agentName: row.agent_name,
    modelName: row.model_name,
    sessionTag: row.session_tag,
    listed: row.listed,
    ownerInstance: row.owner_instance,
    heartbeatAtMs: toMs(row.heartbeat_at),
    stepIndex: row.step_index,
    totalSteps: row.total_steps,
    timeoutHolds: row.timeout_holds,
    stepOpenedAtMs: toMs(row.step_opened_at),
    candlesHash: row.candles_hash,
    sliceBars: row.slice_bars,
    loadedJson: row.loaded_json,
    metrics: row.metrics_json && inFinalOrder(row.metrics_json),
    baselines: row.baselines_json,
    cancelReason: row.cancel_reason,
    lastError: row.last_error,
    lastErrorJson: row.last_error_json,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    finishedAtMs: toMs(row.finished_at),
  };
}

/** A row of `backtest_run_steps`. */
export interface StepRow {
  readonly step_index: number;
  readonly side: Side;
  readonly source: StepSource;
  readonly idempotency_key: string | null;
  readonly decision_json: Step["decisionJson"];
  readonly context_ref: string | null;
  readonly decided_at: Date;
}

/** The step a row holds. */
export function toStep(row: StepRow): Step {
  return {
    stepIndex: row.step_index,
    side: row.side,
    source: row.source,
    idempotencyKey: row.idempotency_key,
    decisionJson: row.decision_json,
    contextRef: row.context_ref,
    decidedAtMs: row.decided_at.getTime(),
  };
}
