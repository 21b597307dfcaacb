import {
  requireArchived,
  requireClaim,
  requireEnding,
  requireInteger,
  requireLease,
  requireNewJob,
  requirePlanes,
  requireProgress,
  requireRunData,
  requireShortlist,
  requireSnapshot,
  requireTopVariants,
  requireTraceId,
  requireUuid,
} from "../core/job/mod.ts";
import { requireNewOptimization } from "../core/optimization/mod.ts";
import { requireNewStrategy } from "../core/strategy/mod.ts";
import type { JobArchive } from "./job_archive.ts";
import { type JobChanges, snapshotsMax } from "./job_changes.ts";
import { type JobPruning, pruneBatchMax } from "./job_pruning.ts";
import type { JobQueue } from "./job_queue.ts";
import type { JobRepository } from "./job_repository.ts";
import type { JobResults } from "./job_results.ts";
import type { StrategyRepository } from "./strategy_repository.ts";

type Call = (...given: never[]) => Promise<unknown>;

/** What each method of a port refuses; a check throws `TypeError` or `RangeError`. */
export type Checks<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...given: infer Given) => unknown
    ? (...given: Given) => void
    : never;
};

/** An adapter whose methods reject what `checks` refuse, before anything is sent; the checks are the same for all. */
export function checked<Port extends { readonly [Name in keyof Port]: Call }>(
  checks: Checks<Port>,
  adapter: Port,
): Port {
  const wrapped = Object.keys(checks).map((name) => {
    const [check, call] = [checks, adapter].map((methods) => methods[name as keyof Port] as Call);
    return [name, async (...given: never[]) => {
      check!(...given);
      return await call!.apply(adapter, given);
    }];
  });
  return Object.fromEntries(wrapped) as Port;
}

const pageMax = 250;

/** Of the worker's side of the queue. */
export const queueChecks: Checks<JobQueue> = {
  claimNext: requireClaim,
  check: requireLease,
  getState: ({ jobId }) => requireUuid("job id", jobId),
  heartbeat(lease, { leaseSeconds }) {
    requireLease(lease);
    requireInteger(leaseSeconds, { name: "lease seconds" });
  },
  updateProgress(lease, progress) {
    requireLease(lease);
    requireProgress(progress);
  },
  saveRunData(lease, runData) {
    requireLease(lease);
    requireRunData(runData);
  },
  finish(lease, ending) {
    requireLease(lease);
    requireEnding(ending);
  },
  succeed(lease, rows) {
    requireLease(lease);
    requireTopVariants(rows);
  },
  release(lease, options) {
    requireLease(lease);
    if (options !== undefined) requireInteger(options.delayMs, { name: "delay", min: 0 });
  },
  // any text is somebody's name, or nobody's
  listAttempts() {},
  surrender: requireLease,
  retry(lease, { delayMs }) {
    requireLease(lease);
    requireInteger(delayMs, { name: "delay", min: 0 });
  },
};

/** Of result rows. */
export const resultsChecks: Checks<JobResults> = {
  replaceTopVariants(lease, rows) {
    requireLease(lease);
    requireSnapshot(rows);
  },
  listTopVariants(jobId, limit) {
    requireUuid("job id", jobId);
    requireInteger(limit, { name: "limit" });
  },
  saveShortlist(lease, shortlist) {
    requireLease(lease);
    requireShortlist(shortlist);
  },
  getShortlist: (jobId) => requireUuid("job id", jobId),
  savePlanes(lease, planes) {
    requireLease(lease);
    requirePlanes(planes);
  },
  getPlanes: (jobId) => requireUuid("job id", jobId),
};

/** Of the submitting side of the queue. */
export const repositoryChecks: Checks<JobRepository> = {
  create(job, { maxActive, traceId, optimization }) {
    requireNewJob(job);
    if (optimization !== undefined) requireNewOptimization(optimization);
    requireInteger(maxActive, { name: "max active jobs" });
    requireTraceId(traceId);
  },
  findCreated: ({ userId }) => requireUuid("user id", userId),
  get: (jobId) => requireUuid("job id", jobId),
  listForUser({ userId, limit, cursor }) {
    if (userId !== null) requireUuid("user id", userId);
    requireInteger(limit, { name: "limit", max: pageMax });
    if (cursor) requireUuid("cursor job id", cursor.jobId);
  },
  cancel({ jobId, userId }) {
    requireUuid("job id", jobId);
    requireUuid("user id", userId);
  },
  countActiveForUser: (userId) => requireUuid("user id", userId),
};

/** Of looks at many jobs. */
export const changesChecks: Checks<JobChanges> = {
  look(jobIds) {
    for (const jobId of jobIds) requireUuid("job id", jobId);
    requireInteger(jobIds.length, { name: "number of jobs", min: 0, max: snapshotsMax });
  },
};

/** Of whole jobs in and out. */
export const archiveChecks: Checks<JobArchive> = {
  read: (jobId) => requireUuid("job id", jobId),
  restore: requireArchived,
};

/** Of the deletion of old jobs. */
export const pruningChecks: Checks<JobPruning> = {
  survey({ olderThanMs, userId }) {
    requireInteger(olderThanMs, { name: "age", max: Number.MAX_SAFE_INTEGER });
    if (userId !== undefined) requireUuid("user id", userId);
  },
  deleteBatch({ limit, userId }) {
    requireInteger(limit, { name: "batch limit", max: pruneBatchMax });
    if (userId !== undefined) requireUuid("user id", userId);
  },
};

/** Of saved strategies. */
export const strategyChecks: Checks<StrategyRepository> = {
  create(strategy, { max }) {
    requireNewStrategy(strategy);
    requireInteger(max, { name: "max strategies" });
  },
  get: (strategyId) => requireUuid("strategy id", strategyId),
  listForUser({ userId, limit, cursor }) {
    requireUuid("user id", userId);
    requireInteger(limit, { name: "limit", max: pageMax });
    if (cursor) requireUuid("cursor strategy id", cursor.strategyId);
  },
  delete({ strategyId, userId }) {
    requireUuid("strategy id", strategyId);
    requireUuid("user id", userId);
  },
};
