import type { Job } from "../core/job.ts";
import type { WorkerDeps } from "./job_context.ts";
import { type RunEnd, runJob } from "./run_job.ts";

/**
 * Claims and runs jobs, one at a time, until `stop` aborts. An empty queue is polled every `claimPollSeconds`; after a
 * job the next claim follows at once. Resolves when the current job has ended or was given back; nothing that happens
 * inside a job ends the loop.
 */
export async function runWorker(
  deps: WorkerDeps,
  { lockedBy, stop }: { readonly lockedBy: string; readonly stop: AbortSignal },
): Promise<void> {
  const { clock, log, settings } = deps;
  while (!stop.aborted) {
    const sentMs = clock.monotonicMs();
    let job: Job | null = null;
    try {
      job = await deps.queue.claimNext({ lockedBy, leaseSeconds: settings.leaseSeconds });
    } catch (error) {
      log.error("claim_failed", { locked_by: lockedBy, error });
    }
    if (job === null) await clock.sleep(settings.claimPollSeconds * 1000, stop);
    else await processClaim({ job, lockedBy, sentMs }, { deps, stop });
  }
}

async function processClaim(
  claim: { readonly job: Job; readonly lockedBy: string; readonly sentMs: number },
  { deps, stop }: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
): Promise<void> {
  const { job, lockedBy } = claim;
  const log = deps.log.with({ job_id: job.jobId, attempt: job.attempt, locked_by: lockedBy });
  const reclaim = job.attempt > 1;
  const waitMs = (job.startedAtMs ?? job.createdAtMs) - job.createdAtMs;
  deps.metrics.jobClaimed({ queueWaitSeconds: reclaim ? null : waitMs / 1000, reclaim });
  log.info("job_claimed", { stage: job.stage, reclaim });
  let end: RunEnd = { outcome: "lease_lost", stage: job.stage };
  try {
    end = await runJob(claim, { deps, stop });
  } catch (error) {
    log.error("job_processing_crashed", { stage: job.stage, error });
  } finally {
    const seconds = (deps.clock.monotonicMs() - claim.sentMs) / 1000;
    deps.metrics.jobProcessed({ outcome: end.outcome, seconds });
    log.info("job_processed", { stage: end.stage, status: end.outcome, seconds });
  }
}
