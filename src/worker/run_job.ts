import { readEffectiveRequest } from "../core/effective_request.ts";
import { BacktestError } from "../core/errors.ts";
import type { Job, Stage, TopVariant } from "../core/job.ts";
import type { ClaimOutcome } from "../ports/runner_metrics.ts";
import { prepareSweep } from "../sweep/prepare.ts";
import { Heartbeat } from "./heartbeat.ts";
import { JobContext, type WorkerDeps } from "./job_context.ts";
import { jobError } from "./job_error.ts";
import { finalizing, stageA, stageB } from "./stages.ts";
import { StopJob } from "./stop.ts";

/** A claimed job and how it was claimed. */
export interface Claim {
  readonly job: Job;
  readonly lockedBy: string;
  /** Monotonic time at which the claim was sent. */
  readonly sentMs: number;
}

/** How processing of a claim ended, and in which stage. */
export interface RunEnd {
  readonly outcome: ClaimOutcome;
  readonly stage: Stage;
}

/**
 * Runs a claimed job to its end and answers how it ended. Whatever happens inside the job becomes its outcome; only a
 * bug in this function rejects. `stop` makes the worker give the job back at the next boundary.
 */
export async function runJob(
  claim: Claim,
  { deps, stop }: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
): Promise<RunEnd> {
  const { job, lockedBy, sentMs } = claim;
  const lease = { jobId: job.jobId, lockedBy, attempt: job.attempt };
  const log = deps.log.with({ job_id: job.jobId, attempt: job.attempt, locked_by: lockedBy });
  const { leaseSeconds, heartbeatSeconds } = deps.settings;
  await using heartbeat = new Heartbeat(
    { queue: deps.queue, clock: deps.clock, lease, log, leaseSeconds, heartbeatSeconds },
    sentMs,
  );
  const context = new JobContext({ job, lease, heartbeat }, { deps: { ...deps, log }, stop });
  try {
    const rows = await runStages(context);
    if (await deps.queue.succeed(lease, rows) === null) throw new StopJob("lease_lost", "succeed");
    return { outcome: "succeeded", stage: context.stage };
  } catch (error) {
    return { outcome: await end(context, error), stage: context.stage };
  }
}

async function runStages(context: JobContext): Promise<readonly TopVariant[]> {
  const { deps, job, heartbeat } = context;
  await context.checkpoint();
  if (job.mode !== "template") {
    throw new BacktestError(
      "validation_error",
      `Cannot run job mode "${job.mode}": only template jobs are run`,
    );
  }
  const request = readEffectiveRequest(job.requestJson);
  const sweep = await prepareSweep(request, {
    candles: deps.candles,
    defaults: deps.defaults,
    guards: deps.settings.guards,
    calendarOf: deps.calendarOf,
    signal: heartbeat.lost,
  });
  await using session = await deps.compute.open(sweep);
  const input = { request, sweep, session };
  const shortlist = await stageA(context, input);
  const winners = await stageB(context, { ...input, shortlist });
  return await finalizing(context, { ...input, winners });
}

async function end(context: JobContext, error: unknown): Promise<ClaimOutcome> {
  const { deps, lease } = context;
  try {
    const stop = stopReason(context, error);
    if (stop === null) {
      context.log.error("job_failed", { error });
      const ended = await deps.queue.finish(lease, {
        state: "failed",
        error: jobError(error, context.stage),
      });
      if (ended === null) throw new StopJob("lease_lost", "finish");
      return "failed";
    }
    if (stop.reason === "cancelled") {
      if (await deps.queue.finish(lease, { state: "cancelled" }) === null) {
        throw new StopJob("lease_lost", "finish");
      }
      context.log.info("job_cancelled");
      return "cancelled";
    }
    if (stop.reason === "released") {
      if (await deps.queue.release(lease) === null) throw new StopJob("lease_lost", "release");
      context.log.info("job_released");
      return "released";
    }
    throw stop;
  } catch (lost) {
    const during = lost instanceof StopJob ? { reason: lost.reason, during: lost.during } : { error: lost };
    context.log.warn("lease_lost", during);
    return "lease_lost";
  }
}

/** An unreachable database cannot be told from a lost lease: the job is left to whoever reclaims it. */
function stopReason(context: JobContext, error: unknown): StopJob | null {
  if (error instanceof StopJob) return error;
  if (context.heartbeat.lost.aborted) return new StopJob("lease_lost", "heartbeat");
  if (error instanceof BacktestError && error.code === "storage_unavailable") {
    context.log.error("storage_unavailable", { error });
    return new StopJob("abandoned", "storage");
  }
  return null;
}
