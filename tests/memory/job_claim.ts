import { attemptsExhausted, attemptsMaxDefault, hasRetryLeft, type Job } from "../../src/core/job/mod.ts";
import type { ClaimPolicy, ClaimRequest } from "../../src/ports/job_queue.ts";
import { endJob, type JobStore, writeJob, writeTimeMs } from "./job_store.ts";

/** Starts the next job, or ends it when its workers died too often. */
export function claimNext(store: JobStore, claim: ClaimRequest): Job | null {
  const { maxAttempts = attemptsMaxDefault, policy = "fifo" } = claim;
  const queued = nextQueued(store, policy);
  const expired = nextExpired(store);
  if (queued && !(expired && (policy === "fair" || expired.createdAtMs < queued.createdAtMs))) {
    if (policy === "fair") store.turns.set(queued.userId, store.clock.nowMs());
    return start(store, { ...claim, job: { ...queued, stage: "stage_a" } });
  }
  if (!expired) return null;
  const silent = new Set([...store.silentAttempts.get(expired.jobId) ?? [], attemptName(expired)]);
  store.silentAttempts.set(expired.jobId, silent);
  if (!hasRetryLeft(expired, maxAttempts) && expired.cancelRequestedAtMs === null) {
    return exhaust(store, { job: expired, maxAttempts });
  }
  return start(store, { ...claim, job: { ...expired, retries: expired.retries + 1 } });
}

/** How the attempt that a running job is in is remembered. */
export function attemptName({ attempt, lockedBy }: Pick<Job, "attempt" | "lockedBy">): string {
  return `${attempt} ${lockedBy}`;
}

function nextQueued(store: JobStore, policy: ClaimPolicy): Job | undefined {
  const nowMs = store.clock.nowMs();
  const waiting = [...store.jobs.values()]
    .filter((job) => job.state === "queued" && (job.notBeforeMs ?? nowMs) <= nowMs)
    .sort(oldestFirst);
  if (policy === "fifo") return waiting[0];
  // of each owner only the oldest is left, as one claim takes one job
  const first = waiting.filter((job) => job === waiting.find(({ userId }) => userId === job.userId));
  return first.sort((a, b) => servedLastMs(store, a) - servedLastMs(store, b) || oldestFirst(a, b))[0];
}

/** When a job of the same owner was started last; before all times when none was. */
function servedLastMs(store: JobStore, { userId }: Job): number {
  const own = [...store.jobs.values()].filter((job) => job.userId === userId);
  const turnMs = store.turns.get(userId) ?? -1;
  return own.reduce((last, { startedAtMs }) => Math.max(last, startedAtMs ?? -1), turnMs);
}

function nextExpired(store: JobStore): Job | undefined {
  return [...store.jobs.values()]
    .filter((job) => job.state === "running" && (job.leaseExpiresAtMs ?? 0) <= store.clock.nowMs())
    .sort(oldestFirst)[0];
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
  const details = {
    ...error.details,
    stage: job.stage,
    silent_attempts: store.silentAttempts.get(job.jobId)?.size ?? 0,
  };
  const lastErrorJson = { ...error, details };
  return endJob(store, { ...job, state: "failed", lastError: error.message, lastErrorJson });
}

function oldestFirst(a: Job, b: Job): number {
  return a.createdAtMs - b.createdAtMs || (a.jobId < b.jobId ? -1 : 1);
}
