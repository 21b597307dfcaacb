import type { StoredWinnerPlanes } from "../../src/core/grid/mod.ts";
import {
  canTransition,
  type Idempotency,
  isActive,
  isTerminal,
  type Job,
  type Lease,
  type StoredShortlist,
  type StoredTopVariant,
} from "../../src/core/job/mod.ts";
import type { Optimization, OptimizationTask } from "../../src/core/optimization/mod.ts";
import { isActiveRun, type Run, type Step } from "../../src/core/run/mod.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { WakeupListener } from "../../src/ports/job_wakeups.ts";
import { endTasks } from "./task_store.ts";

/** What the in-memory job ports share: tables, who listens, and the clock that stands for the database's. */
export interface JobStore {
  readonly clock: Clock;
  readonly jobs: Map<string, Job>;
  /** By job, in rank order. */
  readonly topVariants: Map<string, readonly StoredTopVariant[]>;
  readonly shortlists: Map<string, StoredShortlist>;
  readonly planes: Map<string, StoredWinnerPlanes>;
  /** Job and body by owner and idempotency key, both in one text. */
  readonly idempotency: Map<string, { readonly jobId: string; readonly bodyHash: string }>;
  readonly listeners: Set<WakeupListener>;
  /** By job: its attempts that ended without a word, each with its worker. */
  readonly silentAttempts: Map<string, ReadonlySet<string>>;
  /** By owner: when a job of theirs was started last in fair order. */
  readonly turns: Map<string, number>;
  readonly runs: Map<string, StoredRun>;
  /** By job. */
  readonly optimizations: Map<string, Optimization>;
  /** By id. */
  readonly tasks: Map<string, OptimizationTask>;
  /** Results by task; kept apart, as bytes cannot be frozen. */
  readonly taskResults: Map<string, Uint8Array>;
}

/** A store without rows. */
export function emptyStore(clock: Clock): JobStore {
  return {
    clock,
    jobs: new Map(),
    topVariants: new Map(),
    shortlists: new Map(),
    planes: new Map(),
    idempotency: new Map(),
    listeners: new Set(),
    silentAttempts: new Map(),
    turns: new Map(),
    runs: new Map(),
    optimizations: new Map(),
    tasks: new Map(),
    taskResults: new Map(),
  };
}

/** A run with what is stored beside it. */
export interface StoredRun {
  readonly run: Run;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly idempotency: Idempotency | null;
  /** With the bytes of their answers. */
  readonly steps: readonly (Step & { readonly bodyHash: string | null; readonly ackText: string | null })[];
}

/** How many of an owner's jobs and runs are not over: what every quota is held against. */
export function countActive({ jobs, runs }: JobStore, userId: string): number {
  const activeJobs = [...jobs.values()].filter((job) => job.userId === userId && isActive(job.state));
  const activeRuns = [...runs.values()].filter(({ run }) => run.userId === userId && isActiveRun(run));
  return activeJobs.length + activeRuns.length;
}

/** The job whose lease this is, or null when the lease is lost. */
export function leasedJob(store: JobStore, lease: Lease): Job | null {
  const job = store.jobs.get(lease.jobId);
  if (job?.state !== "running" || job.lockedBy !== lease.lockedBy || job.attempt !== lease.attempt) {
    return null;
  }
  return (job.leaseExpiresAtMs ?? 0) > store.clock.nowMs() ? job : null;
}

/** Stores a job with `updatedAtMs` set; returns what was stored. Throws on a transition that does not exist. */
export function writeJob(store: JobStore, job: Job): Job {
  const before = store.jobs.get(job.jobId)?.state;
  // a queued job that gets a retry back stays where it is
  const stays = before === "queued" && job.state === "queued";
  if (before !== undefined && !stays && !canTransition(before, job.state)) {
    throw new Error(`Cannot write job "${job.jobId}": ${before} does not go to ${job.state}`);
  }
  const written = asStored({ ...job, updatedAtMs: writeTimeMs(store, job) });
  store.jobs.set(job.jobId, written);
  if (isTerminal(written.state)) endTasks(store, written);
  return written;
}

/** Stores a job that has just come to its end, in the terminal state it has. */
export function endJob(store: JobStore, job: Job): Job {
  return writeJob(store, { ...job, finishedAtMs: writeTimeMs(store, job), ...noLease });
}

/** The members of a job that nobody works on. */
export const noLease = {
  lockedBy: null,
  lockedAtMs: null,
  leaseExpiresAtMs: null,
  heartbeatAtMs: null,
} as const;

/** Now, but never before the job's last write, should the clock have been set back. */
export function writeTimeMs(store: JobStore, job: Job): number {
  return Math.max(store.clock.nowMs(), job.updatedAtMs);
}

/** A frozen copy that went through JSON, as a row does: no `undefined`, no negative zero, nothing shared. */
export function asStored<T>(value: T): T {
  return deepFreeze(JSON.parse(JSON.stringify(value)));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
