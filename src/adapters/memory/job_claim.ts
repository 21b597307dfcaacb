import type { Job } from "../../core/job.ts";
import { attemptsExhausted, attemptsMaxDefault, hasRetryLeft } from "../../core/retry.ts";
import type { ClaimPolicy, ClaimRequest } from "../../ports/job_queue.ts";
import { endJob, type JobStore, writeJob, writeTimeMs } from "./job_store.ts";

/** Starts the next job, or ends it when its workers died too often. */
export function claimNext(store: JobStore, claim: ClaimRequest): Job | null {
  const { maxAttempts = attemptsMaxDefault, policy = "fifo" } = claim;
  const queued = nextQueued(store, policy);
  if (queued) return start(store, { ...claim, job: { ...queued, stage: "stage_a" } });
  const expired = nextExpired(store);
  if (!expired) return null;
  if (!hasRetryLeft(expired, maxAttempts) && expired.cancelRequestedAtMs === null) {
    return exhaust(store, { job: expired, maxAttempts });
  }
  return start(store, { ...claim, job: { ...expired, retries: expired.retries + 1 } });
}

function nextQueued(store: JobStore, policy: ClaimPolicy): Job | undefined {
  const nowMs = store.clock.nowMs();
  const waiting = [...store.jobs.values()]
    .filter((job) => job.state === "queued" && (job.notBeforeMs ?? nowMs) <= nowMs)
    .sort(oldestFirst);
  if (policy === "fifo") return waiting[0];
  // of each owner only the oldest is left, as one claim takes one job
  const first = waiting.filter((job) => job === waiting.find(({ userId }) => userId === job.userId));
  return first.sort((a, b) => lastServedMs(store, a) - lastServedMs(store, b) || oldestFirst(a, b))[0];
}

/** When a job of the same owner was started last; before all times when none was. */
function lastServedMs(store: JobStore, { userId }: Job): number {
  const started = [...store.jobs.values()].filter((job) => job.userId === userId);
  return started.reduce((last, { startedAtMs }) => Math.max(last, startedAtMs ?? -1), -1);
}

function nextExpired(store: JobStore): Job | undefined {
  const expiry = (job: Job) => job.leaseExpiresAtMs ?? 0;
  return [...store.jobs.values()]
    .filter((job) => job.state === "running" && expiry(job) <= store.clock.nowMs())
    .sort((a, b) => expiry(a) - expiry(b) || oldestFirst(a, b))[0];
}

function start(store: JobStore, claim: ClaimRequest & { readonly job: Job }): Job {
  const { job, lockedBy, leaseSeconds } = claim;
  const nowMs = store.clock.nowMs();
  return writeJob(store, {
    ...job,
    state: "running",
    startedAtMs: job.startedAtMs ?? writeTimeMs(store, job),
    lockedBy,
    lockedAtMs: nowMs,
    heartbeatAtMs: nowMs,
    leaseExpiresAtMs: nowMs + leaseSeconds * 1000,
    attempt: job.attempt + 1,
    notBeforeMs: null,
  });
}

function exhaust(store: JobStore, options: { readonly job: Job; readonly maxAttempts: number }): Job {
  const { job, maxAttempts } = options;
  const error = attemptsExhausted(maxAttempts);
  const lastErrorJson = { ...error, details: { ...error.details, stage: job.stage } };
  return endJob(store, { ...job, state: "failed", lastError: error.message, lastErrorJson });
}

function oldestFirst(a: Job, b: Job): number {
  return a.createdAtMs - b.createdAtMs || (a.jobId < b.jobId ? -1 : 1);
}
