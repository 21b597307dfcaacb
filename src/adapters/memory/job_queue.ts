// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import type { Job, TopVariant } from "../../core/job.ts";
import {
  requireEnding,
  requireInteger,
  requireLease,
  requireOwner,
  requireProgress,
  requireTopVariants,
} from "../../core/job_arguments.ts";
import type { JobQueue, LeaseStatus } from "../../ports/job_queue.ts";
import { writeTopVariants } from "./job_results.ts";
import { type JobStore, leasedJob, writeJob, writeTimeMs } from "./job_store.ts";

const noLease = { lockedBy: null, lockedAtMs: null, leaseExpiresAtMs: null, heartbeatAtMs: null } as const;

/** The worker's side of the queue in memory. */
export function memoryJobQueue(store: JobStore): JobQueue {
  return {
    async claimNext(claim) {
      requireOwner(claim.lockedBy);
      requireInteger(claim.leaseSeconds, { name: "lease seconds" });
      const job = nextClaimable(store);
      return job && take(store, { job, ...claim });
    },
    async check(lease) {
      requireLease(lease);
      return toLeaseStatus(leasedJob(store, lease));
    },
    async heartbeat(lease, { leaseSeconds }) {
      requireLease(lease);
      requireInteger(leaseSeconds, { name: "lease seconds" });
      const nowMs = store.clock.nowMs();
      const job = leasedJob(store, lease);
      const leaseExpiresAtMs = nowMs + leaseSeconds * 1000;
      return toLeaseStatus(job && writeJob(store, { ...job, heartbeatAtMs: nowMs, leaseExpiresAtMs }));
    },
    async updateProgress(lease, progress) {
      requireLease(lease);
      requireProgress(progress);
      const { stage, processedUnits, totalUnits } = progress;
      const progressUpdatedAtMs = store.clock.nowMs();
      const job = leasedJob(store, lease);
      return toLeaseStatus(
        job && writeJob(store, { ...job, stage, processedUnits, totalUnits, progressUpdatedAtMs }),
      );
    },
    async finish(lease, ending) {
      requireLease(lease);
      requireEnding(ending);
      const job = leasedJob(store, lease);
      const error = ending.state === "failed" ? ending.error : null;
      return job &&
        end(store, { ...job, state: ending.state, lastError: error && error.message, lastErrorJson: error });
    },
    async succeed(lease, rows: readonly TopVariant[]) {
      requireLease(lease);
      requireTopVariants(rows);
      const job = leasedJob(store, lease);
      if (job) writeTopVariants(store, { jobId: lease.jobId, rows });
      return job && end(store, { ...job, state: "succeeded", stage: "finalizing" });
    },
    async release(lease) {
      requireLease(lease);
      const job = leasedJob(store, lease);
      return job &&
        writeJob(store, {
          ...job,
          state: "queued",
          stage: "stage_a",
          processedUnits: 0,
          totalUnits: 0,
          startedAtMs: null,
          ...noLease,
        });
    },
  };
}

function nextClaimable(store: JobStore): Job | null {
  const jobs = [...store.jobs.values()];
  const [fresh] = jobs.filter((job) => job.state === "queued").sort(oldestFirst);
  if (fresh) return fresh;
  const expiry = (job: Job) => job.leaseExpiresAtMs ?? 0;
  const [expired] = jobs
    .filter((job) => job.state === "running" && expiry(job) <= store.clock.nowMs())
    .sort((a, b) => expiry(a) - expiry(b) || oldestFirst(a, b));
  return expired ?? null;
}

function take(
  store: JobStore,
  claim: { readonly job: Job; readonly lockedBy: string; readonly leaseSeconds: number },
): Job {
  const { job, lockedBy, leaseSeconds } = claim;
  const nowMs = store.clock.nowMs();
  return writeJob(store, {
    ...job,
    state: "running",
    stage: job.state === "queued" ? "stage_a" : job.stage,
    startedAtMs: job.startedAtMs ?? writeTimeMs(store, job),
    lockedBy,
    lockedAtMs: nowMs,
    heartbeatAtMs: nowMs,
    leaseExpiresAtMs: nowMs + leaseSeconds * 1000,
    attempt: job.attempt + 1,
  });
}

function end(store: JobStore, job: Job): Job {
  return writeJob(store, { ...job, finishedAtMs: writeTimeMs(store, job), ...noLease });
}

function oldestFirst(a: Job, b: Job): number {
  return a.createdAtMs - b.createdAtMs || (a.jobId < b.jobId ? -1 : 1);
}

function toLeaseStatus(job: Job | null): LeaseStatus | null {
  if (job === null || job.leaseExpiresAtMs === null) return null;
  return { cancelRequestedAtMs: job.cancelRequestedAtMs, leaseExpiresAtMs: job.leaseExpiresAtMs };
}
