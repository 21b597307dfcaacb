import { BacktestError, isOutage } from "../core/errors/mod.ts";
import { backoffMs, hasRetryLeft, type Job } from "../core/job/mod.ts";
import type { ClaimOutcome } from "../ports/runner_metrics.ts";
import { isCandlesChanged } from "./candles_changed.ts";
import type { JobContext } from "./job_context.ts";
import { jobError } from "./job_error.ts";
import { TaskFailed } from "./sharing.ts";
import { StopJob } from "./stop.ts";

const retryBackoff = { baseMs: 2000, maxMs: 60_000 };

/**
 * Ends a job whose stages threw: cancelled, given back, queued again for a retry, or failed. Nothing is written when the
 * lease is lost, or when the database cannot be told: then the job is left to whoever reclaims it.
 */
export async function endJob(context: JobContext, error: unknown): Promise<EndedClaim> {
  const { heartbeat } = context;
  try {
    if (heartbeat.lost.aborted) throw new StopJob("lease_lost", "heartbeat");
    await heartbeat.settle();
    return { outcome: await write(context, error), cutOff: false };
  } catch (lost) {
    const during = lost instanceof StopJob ? { during: lost.during } : { error: lost };
    const { cutOff } = context.work;
    context.log.warn("lease_lost", { ...during, cut_off: cutOff });
    return { outcome: "lease_lost", cutOff };
  }
}

/** How a claim ended. */
export interface EndedClaim {
  readonly outcome: ClaimOutcome;
  /** Whether the lease was lost because the database did not answer, not because the worker stood still. */
  readonly cutOff: boolean;
}

async function write(context: JobContext, error: unknown): Promise<ClaimOutcome> {
  const { deps: { queue, settings }, lease, job } = context;
  if (error instanceof StopJob) {
    switch (error.reason) {
      case "lease_lost":
        throw error;
      case "cancelled":
        await context.fenced("finish", () => queue.finish(lease, { state: "cancelled" }));
        return cancelled(context);
      case "released":
        return givenBack(context, await context.fenced("release", () => queue.release(lease)), "released");
    }
  }
  if (isOutage(error)) return await putOff(context, error);
  const upstream = error instanceof BacktestError && error.errorClass === "UpstreamError";
  if (upstream && !isCandlesChanged(error) && hasRetryLeft(job, settings.maxAttempts)) {
    return await retry(context, error);
  }
  context.log.error("job_failed", { error });
  const stored = error instanceof TaskFailed ? error.stored : jobError(error, context.stage);
  await context.fenced("finish", () => queue.finish(lease, { state: "failed", error: stored }));
  return "failed";
}

async function retry(context: JobContext, error: BacktestError): Promise<ClaimOutcome> {
  const { deps: { queue, random, metrics }, lease, job } = context;
  const delayMs = backoffMs(job.retries + 1, { ...retryBackoff, random });
  context.log.warn("job_retry", { error, retries: job.retries + 1, delay_ms: delayMs });
  const queued = await context.fenced("retry", () => queue.retry(lease, { delayMs }));
  const outcome = givenBack(context, queued, "retried");
  if (outcome === "retried") metrics.jobPutOff(error.code);
  return outcome;
}

/** The database was away for everybody: the attempt is not held against the job. */
async function putOff(context: JobContext, error: BacktestError): Promise<ClaimOutcome> {
  const { deps: { queue, random }, lease } = context;
  const delayMs = backoffMs(1, { ...retryBackoff, random });
  context.log.warn("job_put_off", { error, delay_ms: delayMs });
  return givenBack(
    context,
    await context.fenced("release", () => queue.release(lease, { delayMs })),
    "released",
  );
}

/** A cancel that came before the job was given back has ended it. */
function givenBack(context: JobContext, job: Job, outcome: "released" | "retried"): ClaimOutcome {
  if (job.state === "cancelled") return cancelled(context);
  if (outcome === "released") context.log.info("job_released");
  return outcome;
}

function cancelled(context: JobContext): ClaimOutcome {
  context.log.info("job_cancelled");
  if (context.shares) {
    context.deps.sharing?.metrics.optimizationStopped("cancel");
    context.log.info("optimization_cancelled");
  }
  return "cancelled";
}
