import { backoffMs, type Job, type Lease } from "../core/job/mod.ts";
import type { ClaimResult } from "../ports/runner_metrics.ts";
import { Doorbell } from "./doorbell.ts";
import type { WorkerDeps } from "./job_context.ts";
import { inLeaseTime } from "./in_lease_time.ts";
import { jobFields } from "./job_fields.ts";
import { Helper } from "./helper.ts";
import { type RunEnd, runJob } from "./run_job.ts";

const claimBackoffMaxMs = 30_000;
/** A job queued while a hint was answered is announced by nobody; it is there within this time. */
const secondLookMs = 50;

/** Who works, until when. */
export interface WorkerRun {
  readonly lockedBy: string;
  readonly stop: AbortSignal;
}

/**
 * Claims and runs jobs, one at a time, until `stop` aborts, and helps with other workers' jobs while there is none to claim. An
 * empty queue is looked at when a hint comes and every
 * `claimPollSeconds`; after a job the next claim follows at once. A call to a database that does not answer is sent again with
 * backoff. Resolves when the current job has ended or was given back; nothing that happens inside a job ends the loop.
 */
export async function runWorker(deps: WorkerDeps, run: WorkerRun): Promise<void> {
  const { random, settings, log } = deps;
  const { lockedBy, stop } = run;
  const pollMs = settings.claimPollSeconds * 1000;
  await using helper = deps.sharing ? new Helper(deps, { ...run, sharing: deps.sharing }) : null;
  using doorbell = new Doorbell({
    ...deps,
    ...(helper ? { isWarm: () => helper.isWarm, coldDelayMs: () => Math.floor(random() * pollMs) } : {}),
  });
  const attempts: OwnAttempts = { lost: [], known: new Set(), unanswered: 0 };
  let failures = 0;
  let rung = false;
  while (!stop.aborted) {
    const sentMs = deps.clock.monotonicMs();
    try {
      await surrenderAll(deps, { lockedBy, attempts });
      const job = await measuredClaim(deps, { lockedBy, attempts });
      failures = 0;
      if (job === null) {
        // a queued job always goes before helping
        if (await helper?.help()) continue;
        rung = await doorbell.wait(rung ? Math.min(secondLookMs, pollMs) : pollMs, stop);
      } else if (job.state === "failed") reportExhausted(deps, { job, lockedBy });
      else {
        await helper?.rest();
        const { cutOff, outcome } = await processClaim({ job, lockedBy, sentMs }, { deps, stop });
        const lease = { jobId: job.jobId, lockedBy, attempt: job.attempt };
        if (cutOff) attempts.lost.push(lease);
        else if (outcome === "lease_lost") attempts.known.add(leaseKey(lease));
      }
    } catch (error) {
      failures++;
      log.error("claim_failed", { locked_by: lockedBy, failures, error });
      const backoff = { baseMs: pollMs, maxMs: Math.max(pollMs, claimBackoffMaxMs), random };
      await doorbell.wait(backoffMs(failures, backoff), stop);
    }
  }
}

/** What a worker remembers of its attempts. */
interface OwnAttempts {
  /** Lost while the database did not answer; to be given back. */
  readonly lost: Lease[];
  /** {@link leaseKey}s of those that count rightly: this worker stood still for longer than its lease. */
  readonly known: Set<string>;
  /** Claims that failed since the record was last read: the database may have given a job all the same. */
  unanswered: number;
}

interface Claiming {
  readonly lockedBy: string;
  readonly attempts: OwnAttempts;
}

function leaseKey({ jobId, attempt }: Lease): string {
  return `${jobId} ${attempt}`;
}

async function measuredClaim(deps: WorkerDeps, claiming: Claiming): Promise<Job | null> {
  const { clock, metrics } = deps;
  const sentMs = clock.monotonicMs();
  let result: ClaimResult = "failed";
  try {
    const job = await claim(deps, claiming);
    result = job === null ? "empty" : "claimed";
    return job;
  } finally {
    metrics.claimAnswered({ result, seconds: (clock.monotonicMs() - sentMs) / 1000 });
  }
}

/** A claim that takes longer than its lease is worth nothing any more: what it still brings is given back. */
async function claim(deps: WorkerDeps, { lockedBy, attempts }: Claiming): Promise<Job | null> {
  const { queue, settings: { leaseSeconds, maxAttempts, claimPolicy: policy } } = deps;
  const claiming = queue.claimNext({ lockedBy, leaseSeconds, maxAttempts, policy });
  // also when it fails later than anybody waits for it
  const onFailure = () => void attempts.unanswered++;
  claiming.catch(onFailure);
  return await inLeaseTime(claiming, {
    deps,
    action: "claim a job",
    onLate: (job) => job && giveBackLate(deps, job).catch(onFailure),
  });
}

async function giveBackLate({ queue }: WorkerDeps, { jobId, lockedBy, attempt }: Job): Promise<void> {
  if (lockedBy !== null) await queue.release({ jobId, lockedBy, attempt });
}

/**
 * Tells the database of the leases that were lost while it did not answer, so that no attempt counts as the silent death of
 * a worker that lives; also of those that it gave in an answer that never came. Those it has answered are taken off the
 * list; rejects when it still does not.
 */
async function surrenderAll(deps: WorkerDeps, { lockedBy, attempts }: Claiming): Promise<void> {
  const { lost } = attempts;
  const { unanswered } = attempts;
  if (unanswered > 0) {
    const listing = deps.queue.listAttempts(lockedBy);
    const recorded = await inLeaseTime(listing, { deps, action: "list the attempts of this worker" });
    attempts.unanswered -= unanswered;
    const noted = new Set([...attempts.known, ...lost.map(leaseKey)]);
    lost.push(...recorded.filter((lease) => !noted.has(leaseKey(lease))));
  }
  for (let lease = lost[0]; lease; lease = lost[0]) {
    const job = await inLeaseTime(deps.queue.surrender(lease), {
      deps,
      action: `give back job "${lease.jobId}"`,
    });
    lost.shift();
    deps.log.info("attempt_given_back", {
      job_id: lease.jobId,
      attempt: lease.attempt,
      given_back: job !== null,
      ...(job === null ? {} : { status: job.state, retries: job.retries }),
    });
  }
}

function reportExhausted(
  { log, metrics }: WorkerDeps,
  { job, lockedBy }: { readonly job: Job; readonly lockedBy: string },
): void {
  metrics.attemptsExhausted();
  const { retries, stage, lastError: error } = job;
  log.error("attempts_exhausted", { ...jobFields(job, lockedBy), stage, retries, error });
}

async function processClaim(
  claim: { readonly job: Job; readonly lockedBy: string; readonly sentMs: number },
  { deps, stop }: { readonly deps: WorkerDeps; readonly stop: AbortSignal },
): Promise<RunEnd> {
  const { job, lockedBy } = claim;
  const log = deps.log.with(jobFields(job, lockedBy));
  const startedMs = job.startedAtMs ?? job.createdAtMs;
  // only a job that is taken over keeps the start of an earlier claim
  const reclaim = startedMs < (job.lockedAtMs ?? startedMs);
  const queueWaitSeconds = job.attempt === 1 ? (startedMs - job.createdAtMs) / 1000 : null;
  deps.metrics.jobClaimed({ queueWaitSeconds, reclaim });
  log.info("job_claimed", { stage: job.stage, reclaim, retries: job.retries });
  let end: RunEnd = { outcome: "lease_lost", stage: job.stage, cutOff: false };
  try {
    end = await runJob(claim, { deps, stop });
  } catch (error) {
    log.error("job_processing_crashed", { stage: job.stage, error });
  } finally {
    const seconds = (deps.clock.monotonicMs() - claim.sentMs) / 1000;
    deps.metrics.jobProcessed({ outcome: end.outcome, seconds });
    log.info("job_processed", { stage: end.stage, status: end.outcome, seconds });
  }
  return end;
}
