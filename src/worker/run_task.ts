import { BacktestError, isOutage } from "../core/errors/mod.ts";
import { backoffMs } from "../core/job/mod.ts";
import {
  encodeTaskResult,
  hasTaskRetryLeft,
  type OptimizationTask,
  type TaskLease,
  type TaskResult,
} from "../core/optimization/mod.ts";
import { directionOf } from "../core/ranking/mod.ts";
import type { TaskOutcomeWord } from "../ports/task_metrics.ts";
import { taskScore, topTask } from "../sweep/task_best.ts";
import { scoreTask, type TaskScores } from "../sweep/task_scores.ts";
import type { PreparedSweep } from "../sweep/prepare.ts";
import type { ComputeSession } from "../ports/compute.ts";
import { isCandlesChanged } from "./candles_changed.ts";
import type { WorkerDeps } from "./job_context.ts";
import { jobError } from "./job_error.ts";
import { LeasedWork } from "./leased_work.ts";
import type { SharingDeps } from "./sharing.ts";
import { StopJob } from "./stop.ts";
import { taskLease } from "./task_lease.ts";
import { taskFields } from "./task_fields.ts";

const retryBackoff = { baseMs: 2000, maxMs: 60_000 };
/** How often progress is written at the most, which also tells whether the task is still wanted. */
const progressEveryMs = 1000;

/** A claimed task and how it was claimed. */
export interface TaskClaimed {
  readonly task: OptimizationTask;
  readonly lockedBy: string;
  /** Monotonic time at which the claim was sent. */
  readonly sentMs: number;
  readonly reclaim: boolean;
}

/** What a task is scored on. */
export interface TaskSweep {
  readonly sweep: Pick<PreparedSweep, "plan" | "timeline">;
  readonly session: Pick<ComputeSession, "scoreBase" | "scoreRisk">;
  /** Stage A indexes of the task's units; not looked at in stage A. */
  readonly bases: readonly number[];
}

/** What works on tasks. */
export interface TaskRunOptions {
  readonly deps: WorkerDeps;
  readonly sharing: SharingDeps;
  /** Makes who works on it give the task back at the next batch. */
  readonly stop: AbortSignal;
  /** The task's sweep; `signal` aborts when the task is not ours any more. */
  open(task: OptimizationTask, signal: AbortSignal): Promise<TaskSweep>;
}

/** Works on a claimed task to its end, whatever that is; only a bug of this function rejects. */
export async function runTask(claimed: TaskClaimed, options: TaskRunOptions): Promise<TaskOutcomeWord> {
  const { task, lockedBy, sentMs, reclaim } = claimed;
  const { deps: { clock }, sharing: { metrics } } = options;
  const log = options.deps.log.with(taskFields(task, lockedBy));
  // both times are the database's
  const waitSeconds = task.attempt === 1 && task.startedAtMs !== null
    ? (task.startedAtMs - task.createdAtMs) / 1000
    : null;
  metrics.taskClaimed({ waitSeconds });
  if (reclaim) metrics.taskRetried("lease_expired");
  log.info("task_claimed", { reclaim, retries: task.retries });
  const deps = { ...options.deps, log };
  const outcome = await workOn(claimed, { ...options, deps });
  const seconds = (clock.monotonicMs() - sentMs) / 1000;
  metrics.taskProcessed({ outcome, seconds });
  log.info("task_finished", { status: outcome, seconds });
  return outcome;
}

async function workOn(
  { task, lockedBy, sentMs: claimSentMs }: TaskClaimed,
  options: TaskRunOptions,
): Promise<TaskOutcomeWord> {
  const { deps, sharing: { tasks } } = options;
  const { clock, random, log, settings: { leaseSeconds, heartbeatSeconds } } = deps;
  const lease = taskLease(task, lockedBy);
  await using work = new LeasedWork({
    name: `task "${task.taskId}"`,
    extend: () => tasks.heartbeat(lease, { leaseSeconds }),
    leaseSeconds,
    heartbeatSeconds,
    clock,
    random,
    log: () => log,
    // a task that ended with its job is refused, too, and nothing is wrong then
    onRefused() {},
    claimSentMs,
  });
  try {
    const result = await scored({ task, lease, work }, options);
    await work.heartbeat.settle();
    await work.fenced("task_result", () => tasks.complete(lease, result));
    return "succeeded";
  } catch (error) {
    return await endTask({ task, lease, work }, { ...options, error });
  }
}

interface Working {
  readonly task: OptimizationTask;
  readonly lease: TaskLease;
  readonly work: LeasedWork;
}

async function scored(
  { task, lease, work }: Working,
  { deps, sharing: { tasks }, stop, open }: TaskRunOptions,
): Promise<TaskResult> {
  const { clock, compute, batchSize } = deps;
  const signal = AbortSignal.any([work.heartbeat.lost, stop]);
  const { sweep, session, bases } = await open(task, signal);
  work.heartbeat.assertAlive();
  let writtenMs = clock.monotonicMs();
  const boundary = async (progress: number) => {
    if (stop.aborted) throw new StopJob("released", "task_progress");
    await work.heartbeat.beatIfDue();
    if (clock.monotonicMs() - writtenMs < progressEveryMs) return;
    writtenMs = clock.monotonicMs();
    const status = await work.fenced("task_progress", () => tasks.updateProgress(lease, progress));
    if (status.cancelRequestedAtMs !== null) throw new StopJob("cancelled", "task_progress");
  };
  const { stage, fromUnit: from, toUnit: to, keep, floor } = task;
  const scores = await scoreTask({
    stage,
    from,
    to,
    keep,
    floor: floor ?? -Infinity,
  }, {
    plan: sweep.plan,
    session,
    bases,
    bars: sweep.timeline.candles.close.length,
    // one more than there are threads, so that none idles while a boundary is written
    inFlight: compute.threads + 1,
    ...(batchSize ? { batchSize: batchSize() } : {}),
    boundary,
  });
  return resultOf(task, { scores, sweep });
}

function resultOf(
  { taskId, seq, stage }: OptimizationTask,
  { scores, sweep: { plan } }: { readonly scores: TaskScores } & Pick<TaskSweep, "sweep">,
): TaskResult {
  const { columns, best, variant } = scores;
  const result = encodeTaskResult(columns);
  const direction = directionOf(plan.ranking.primary);
  if (stage === "stage_a") return { result, direction, score: null, resultSummaryId: null, top: null };
  const score = taskScore(plan, best);
  return {
    result,
    direction,
    score,
    resultSummaryId: best.key,
    top: score === null ? null : topTask(plan, { taskId, seq, score, key: best.key, variant }),
  };
}

/** Ends a task whose work threw: given back, queued again for a retry, failed, or left to whom it belongs now. */
async function endTask(
  { task, lease, work }: Working,
  options: TaskRunOptions & { readonly error: unknown },
): Promise<TaskOutcomeWord> {
  const { deps: { log }, sharing: { tasks, metrics }, stop } = options;
  const error = stop.aborted ? new StopJob("released", "task") : options.error;
  try {
    work.heartbeat.assertAlive();
    await work.heartbeat.settle();
    if (error instanceof StopJob) {
      if (error.reason === "lease_lost") throw error;
      if (error.reason === "cancelled") return "cancelled";
    }
    if (error instanceof StopJob || isOutage(error)) {
      await work.fenced("task_release", () => tasks.release(lease));
      return "released";
    }
    const stored = jobError(error, task.stage);
    if (mayRetry(error) && hasTaskRetryLeft(task, options.sharing.maxRetries)) {
      const delayMs = backoffMs(task.retries + 1, { ...retryBackoff, random: options.deps.random });
      log.warn("task_retry", { error, retries: task.retries + 1, delay_ms: delayMs });
      await work.fenced("task_retry", () => tasks.retry(lease, { delayMs, error: stored }));
      metrics.taskRetried("upstream");
      return "retried";
    }
    log.error("task_failed", { error });
    await work.fenced("task_fail", () => tasks.fail(lease, stored));
    return "failed";
  } catch (lost) {
    return await whatBecameOf({ lost, lease }, options);
  }
}

/** A refused write may only mean that the job has ended or stopped, or that the reply to our own was lost. */
async function whatBecameOf(
  { lost, lease }: { readonly lost: unknown; readonly lease: TaskLease },
  { deps: { log }, sharing: { tasks } }: TaskRunOptions,
): Promise<TaskOutcomeWord> {
  const status = await tasks.getStatus(lease).catch(() => null);
  if (status !== null && status !== "queued" && status !== "running") return status;
  log.warn("task_lost", lost instanceof StopJob ? { during: lost.during } : { error: lost });
  return "lease_lost";
}

function mayRetry(error: unknown): boolean {
  return error instanceof BacktestError && error.errorClass === "UpstreamError" && !isCandlesChanged(error);
}
