import type { JobError } from "../../core/job/mod.ts";
import type {
  EarlyStopPolicy,
  Optimization,
  OptimizationTask,
  StopReason,
  TaskParams,
  TopTask,
} from "../../core/optimization/mod.ts";
import { inMemberOrder } from "../../core/text/mod.ts";
import { toMs } from "./job_row.ts";

/** A row of `optimization_jobs` as the driver gives it. */
export interface OptimizationRow {
  readonly job_id: string;
  readonly concurrency_limit: number;
  readonly early_stop_json: EarlyStopPolicy | null;
  readonly top_n: number;
  readonly task_variants: number;
  readonly tasks_max: number;
  readonly module_hash: string | null;
  readonly tasks_total: number;
  readonly tasks_finished: number;
  readonly top_tasks_json: readonly TopTask[];
  readonly stop_reason_json: StopReason | null;
  readonly candles_hash: string | null;
}

/** A row of `optimization_tasks` by its {@link taskColumns}. */
export interface TaskRow {
  readonly task_id: string;
  readonly job_id: string;
  readonly seq: number;
  readonly stage: OptimizationTask["stage"];
  readonly status: OptimizationTask["status"];
  readonly from_unit: number;
  readonly to_unit: number;
  readonly keep: number;
  readonly floor: number | null;
  readonly params_json: TaskParams;
  readonly score: number | null;
  readonly result_summary_id: string | null;
  readonly progress: number;
  readonly retries: number;
  readonly attempt: number;
  readonly not_before: Date | null;
  readonly worker: string | null;
  readonly locked_by: string | null;
  readonly lease_expires_at: Date | null;
  readonly last_error_json: JobError | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** What is read of a task of `optimization_tasks AS t`: all but its result, which may be large. */
export const taskColumns =
  `t.task_id, t.job_id, t.seq, t.stage, t.status, t.from_unit, t.to_unit, t.keep, t.floor,
  t.params_json, t.score, t.result_summary_id, t.progress, t.retries, t.attempt, t.not_before, t.worker, t.locked_by,
  t.lease_expires_at, t.last_error_json, t.created_at, t.started_at, t.finished_at`;

const policyMembers = ["metric", "threshold", "mode"];
const topTaskMembers = ["task_id", "seq", "score", "score_infinite", "result_summary_id", "variant"];
const reasonMembers = [
  "kind",
  "metric",
  "mode",
  "threshold",
  "score",
  "score_infinite",
  "task_id",
  "seq",
];
const paramsMembers = ["stage", "from", "to", "first", "last"];

/** The optimisation a row holds, with members of JSON in their usual order, which jsonb does not keep. */
export function toOptimization(row: OptimizationRow): Optimization {
  return {
    jobId: row.job_id,
    concurrencyLimit: row.concurrency_limit,
    earlyStop: row.early_stop_json && inMemberOrder(row.early_stop_json, policyMembers),
    topN: row.top_n,
    taskVariants: row.task_variants,
    tasksMax: row.tasks_max,
    tasksTotal: row.tasks_total,
    moduleHash: row.module_hash,
    candlesHash: row.candles_hash,
    tasksFinished: row.tasks_finished,
    topTasks: row.top_tasks_json.map((task) => inMemberOrder(task, topTaskMembers)),
    stopReason: row.stop_reason_json && inMemberOrder(row.stop_reason_json, reasonMembers),
  };
}

/** The task a row holds. */
export function toTask(row: TaskRow): OptimizationTask {
  return {
    taskId: row.task_id,
    jobId: row.job_id,
    seq: row.seq,
    stage: row.stage,
    fromUnit: row.from_unit,
    toUnit: row.to_unit,
    keep: row.keep,
    floor: row.floor,
    params: inMemberOrder(row.params_json, paramsMembers),
    status: row.status,
    score: row.score,
    resultSummaryId: row.result_summary_id,
    progress: row.progress,
    retries: row.retries,
    attempt: row.attempt,
    worker: row.worker,
    lockedBy: row.locked_by,
    leaseExpiresAtMs: toMs(row.lease_expires_at),
    notBeforeMs: toMs(row.not_before),
    lastError: row.last_error_json,
    createdAtMs: row.created_at.getTime(),
    startedAtMs: toMs(row.started_at),
    finishedAtMs: toMs(row.finished_at),
  };
}
