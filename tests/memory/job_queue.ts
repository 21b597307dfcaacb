// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import { isActive, type Job, type Lease, type TopVariant } from "../../src/core/job/mod.ts";
import type { JobQueue, LeaseStatus } from "../../src/ports/job_queue.ts";
import { attemptName, claimNext } from "./job_claim.ts";
import { writeTopVariants } from "./job_results.ts";
import { endJob, type JobStore, leasedJob, noLease, writeJob } from "./job_store.ts";
import { tellQueued } from "./job_wakeups.ts";
import { checked, queueChecks } from "../../src/ports/checked.ts";

/** The worker's side of the queue in memory. */
export function memoryJobQueue(store: JobStore): JobQueue {
  return checked(queueChecks, {
    async claimNext(claim) {
      return claimNext(store, claim);
    },
    async check(lease) {
      return toLeaseStatus(leasedJob(store, lease));
    },
    async getState({ jobId, attempt }) {
      const job = store.jobs.get(jobId);
      return job?.attempt === attempt ? job.state : null;
    },
    async heartbeat(lease, { leaseSeconds }) {
      const nowMs = store.clock.nowMs();
      const job = leasedJob(store, lease);
      const leaseExpiresAtMs = nowMs + leaseSeconds * 1000;
      return toLeaseStatus(job && writeJob(store, { ...job, heartbeatAtMs: nowMs, leaseExpiresAtMs }));
    },
    async updateProgress(lease, progress) {
      const { stage, processedUnits, totalUnits } = progress;
      const progressUpdatedAtMs = store.clock.nowMs();
      const job = leasedJob(store, lease);
      return toLeaseStatus(
        job && writeJob(store, { ...job, stage, processedUnits, totalUnits, progressUpdatedAtMs }),
      );
    },
    async saveRunData(lease, runData) {
      const job = leasedJob(store, lease);
      return toLeaseStatus(job && writeJob(store, { ...job, runData }));
    },
    async finish(lease, ending) {
      const job = leasedJob(store, lease);
      const error = ending.state === "failed" ? ending.error : null;
      if (job === null) return null;
      const { jobId, state, finishedAtMs, updatedAtMs } = endJob(store, {
        ...job,
        state: ending.state,
        lastError: error && error.message,
        lastErrorJson: error,
      });
      return { jobId, state, finishedAtMs, updatedAtMs };
    },
    async succeed(lease, rows: readonly TopVariant[]) {
      const job = leasedJob(store, lease);
      if (job) writeTopVariants(store, { jobId: lease.jobId, rows });
      return job && endJob(store, { ...job, state: "succeeded", stage: "finalizing" });
    },
    async release(lease, options) {
      const delayMs = options?.delayMs ?? null;
      const job = leasedJob(store, lease);
      const notBeforeMs = delayMs === null ? null : store.clock.nowMs() + delayMs;
      const released = job && giveBack(store, { job, spent: 0, notBeforeMs });
      if (released?.state === "queued" && delayMs === null) tellQueued(store);
      return released;
    },
    async listAttempts(lockedBy) {
      return listAttempts(store, lockedBy);
    },
    async surrender(lease) {
      return surrender(store, lease);
    },
    async retry(lease, { delayMs }) {
      const notBeforeMs = store.clock.nowMs() + delayMs;
      const job = leasedJob(store, lease);
      return job && giveBack(store, { job, spent: 1, notBeforeMs });
    },
  });
}

function listAttempts(store: JobStore, lockedBy: string): readonly Lease[] {
  const leases = [...store.jobs.values()].filter(({ state }) => isActive(state)).flatMap((job) => {
    const names = [...store.silentAttempts.get(job.jobId) ?? []];
    if (job.state === "running") names.push(attemptName(job));
    return names.filter((name) => name === `${parseInt(name)} ${lockedBy}`)
      .map((name) => ({ jobId: job.jobId, lockedBy, attempt: parseInt(name) }));
  });
  return leases.sort((a, b) => a.jobId === b.jobId ? a.attempt - b.attempt : a.jobId < b.jobId ? -1 : 1);
}

function giveBack(
  store: JobStore,
  back: { readonly job: Job; readonly spent: 0 | 1; readonly notBeforeMs: number | null },
): Job {
  const { job, spent, notBeforeMs } = back;
  const reset = { stage: "stage_a", processedUnits: 0, totalUnits: 0 } as const;
  if (job.cancelRequestedAtMs !== null) return endJob(store, { ...job, ...reset, state: "cancelled" });
  const retries = job.retries + spent;
  return writeJob(store, {
    ...job,
    ...reset,
    ...noLease,
    state: "queued",
    startedAtMs: null,
    retries,
    notBeforeMs,
  });
}

function surrender(store: JobStore, lease: Lease): Job | null {
  const job = store.jobs.get(lease.jobId);
  const name = attemptName(lease);
  if (job?.state === "running" && attemptName(job) === name) {
    const released = giveBack(store, { job, spent: 0, notBeforeMs: null });
    if (released.state === "queued") tellQueued(store);
    return released;
  }
  const silent = store.silentAttempts.get(lease.jobId);
  if (!job || !isActive(job.state) || !silent?.has(name)) return null;
  store.silentAttempts.set(lease.jobId, new Set([...silent].filter((other) => other !== name)));
  return writeJob(store, { ...job, retries: job.retries - 1 });
}

/** What a fenced write tells the worker. */
export function toLeaseStatus(job: Job | null): LeaseStatus | null {
  if (job === null || job.leaseExpiresAtMs === null) return null;
  return { cancelRequestedAtMs: job.cancelRequestedAtMs, leaseExpiresAtMs: job.leaseExpiresAtMs };
}
