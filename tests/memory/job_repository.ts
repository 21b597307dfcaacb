// deno-lint-ignore-file require-await -- async, so that a refused argument rejects as it does with a database
import {
  type Idempotency,
  idempotencyConflict,
  isTerminal,
  type Job,
  type JobCursor,
  type NewJob,
  quotaExceeded,
} from "../../src/core/job/mod.ts";
import { BacktestError } from "../../src/core/errors/mod.ts";
import type { JobRepository } from "../../src/ports/job_repository.ts";
import { newOptimization } from "./task_store.ts";
import { asStored, countActive, type JobStore, noLease, writeJob, writeTimeMs } from "./job_store.ts";
import { tellCancel, tellQueued } from "./job_wakeups.ts";
import { checked, repositoryChecks } from "../../src/ports/checked.ts";

/** The submitting side of the queue in memory. */
export function memoryJobRepository(store: JobStore): JobRepository {
  const keyOf = (userId: string, key: string) => `${userId} ${key}`;
  const findCreated = ({ userId, key, bodyHash }: Idempotency & { readonly userId: string }) => {
    const earlier = store.idempotency.get(keyOf(userId, key));
    if (earlier === undefined) return null;
    if (earlier.bodyHash !== bodyHash) throw idempotencyConflict({ key, jobId: earlier.jobId });
    return store.jobs.get(earlier.jobId) ?? null;
  };
  return checked(repositoryChecks, {
    async create(job, { maxActive, idempotency, traceId, optimization }) {
      const earlier = idempotency && findCreated({ ...idempotency, userId: job.userId });
      if (earlier) return earlier;
      const active = countActive(store, job.userId);
      if (active >= maxActive) throw quotaExceeded(active, maxActive);
      if (store.jobs.has(job.jobId)) {
        throw new BacktestError("storage_unavailable", `Cannot create job "${job.jobId}": the id is taken`);
      }
      const created = asStored({
        ...queued(job, store.clock.nowMs()),
        traceId: traceId ?? null,
        runData: null,
      });
      store.jobs.set(job.jobId, created);
      if (optimization) store.optimizations.set(job.jobId, newOptimization(job.jobId, optimization));
      if (idempotency) {
        const { key, bodyHash } = idempotency;
        store.idempotency.set(keyOf(job.userId, key), { jobId: job.jobId, bodyHash });
      }
      tellQueued(store);
      return created;
    },
    async findCreated(query) {
      return findCreated(query);
    },
    async get(jobId) {
      return store.jobs.get(jobId) ?? null;
    },
    async listForUser({ userId, limit, state, cursor }) {
      const rest = [...store.jobs.values()]
        .filter((job) =>
          (userId === null || job.userId === userId) && (state === undefined || job.state === state)
        )
        .filter((job) => cursor === undefined || newestFirst(cursor, job) < 0)
        .sort(newestFirst);
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      const more = rest.length > limit && last !== undefined;
      return { items, nextCursor: more ? { createdAtMs: last.createdAtMs, jobId: last.jobId } : null };
    },
    async cancel({ jobId, userId }) {
      const job = store.jobs.get(jobId);
      if (!job || job.userId !== userId) return null;
      if (isTerminal(job.state)) return job;
      const atMs = writeTimeMs(store, job);
      const cancelRequestedAtMs = job.cancelRequestedAtMs ?? atMs;
      const held = job.state === "running" && (job.leaseExpiresAtMs ?? 0) > store.clock.nowMs();
      if (held) {
        const asked = writeJob(store, { ...job, cancelRequestedAtMs });
        tellCancel(store, jobId);
        return asked;
      }
      const ended = { state: "cancelled", finishedAtMs: atMs, notBeforeMs: null } as const;
      return writeJob(store, { ...job, ...noLease, ...ended, cancelRequestedAtMs });
    },
    async countActiveForUser(userId) {
      return countActive(store, userId);
    },
  });
}

function queued(job: NewJob, nowMs: number): Omit<Job, "traceId" | "runData"> {
  return {
    ...job,
    state: "queued",
    stage: "stage_a",
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    startedAtMs: null,
    finishedAtMs: null,
    cancelRequestedAtMs: null,
    processedUnits: 0,
    totalUnits: 0,
    progressUpdatedAtMs: null,
    lockedBy: null,
    lockedAtMs: null,
    leaseExpiresAtMs: null,
    heartbeatAtMs: null,
    attempt: 0,
    retries: 0,
    notBeforeMs: null,
    lastError: null,
    lastErrorJson: null,
  };
}

/** Order `createdAt DESC, jobId DESC`. */
export function newestFirst(a: JobCursor, b: JobCursor): number {
  return b.createdAtMs - a.createdAtMs || (a.jobId < b.jobId ? 1 : a.jobId > b.jobId ? -1 : 0);
}
