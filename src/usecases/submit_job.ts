import type { SentRequest } from "../request/body.ts";
import { type RequestDefaults, resolveNumbers, resolveRequest } from "../request/effective.ts";
import { type Idempotency, type Job, quotaExceeded, quotaOf } from "../core/job/mod.ts";
import {
  engineParamsHash,
  requestHash,
  runtimeConfigHash,
  type RuntimeConfigSlice,
} from "../request/hashes.ts";
import type { DefaultGrids } from "../request/default_grids.ts";
import { checkGuards, variantsMax } from "../core/grid/mod.ts";
import { buildPlan } from "../request/plan.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { StrategyRepository } from "../ports/strategy_repository.ts";
import type { ConfigFile } from "../schema/config_file.ts";
import {
  resolveSharing,
  type SentSharing,
  type SharingDefaults,
  sharingOfJob,
  withTasks,
} from "../request/optimization.ts";
import { requestedSweep } from "./requested_sweep.ts";

/** What a submission is checked against. */
export interface SubmitDeps {
  readonly jobs: JobRepository;
  /** Absent where no saved strategy can be used. */
  readonly strategies?: StrategyRepository;
  readonly config: RuntimeConfigSlice & RequestDefaults & {
    readonly jobs: Pick<
      ConfigFile["backtest"]["jobs"],
      "top_k_persisted_default" | "max_active_jobs_per_user" | "quotas" | "parallel_workers"
    >;
    readonly optimizations: SharingDefaults;
    readonly guards: ConfigFile["backtest"]["guards"];
  };
  readonly defaults: DefaultGrids;
  /** Makes a UUID v4. */
  readonly newId: () => string;
}

/**
 * Resolves a request's defaults and puts it into the queue, in saved mode with a copy of the strategy as it is now.
 * Rejects with `validation_error` for a full quota, for a grid outside its bounds or guards, and with `not_found` or
 * `forbidden` for the strategy; then nothing is stored. The quota is looked at before everything else, and once more,
 * safe from parallel submits, when the job is stored.
 *
 * A repeated submission with a key returns the earlier job before the quota and everything after it is looked at, or
 * rejects with `conflict` when its body is another one.
 */
export async function submitJob(
  submission: {
    readonly parsed: SentRequest;
    readonly userId: string;
    /** Makes it an optimisation, shared like this; without it, it is one only where the config shares all jobs. */
    readonly sharing?: SentSharing;
    /** Of the user, for his quota; none unless given. */
    readonly roles?: readonly string[];
    /** Chosen by the caller, so that sending the same again gives the same job. */
    readonly idempotency?: Idempotency;
    /** Of the request that submits it; for logs only. A repeated submission leaves that of the first. */
    readonly traceId?: string;
  },
  deps: SubmitDeps,
): Promise<Job> {
  const { config, jobs, strategies } = deps;
  const { parsed, userId, idempotency, traceId } = submission;
  const sentBefore = async () => idempotency ? await jobs.findCreated({ ...idempotency, userId }) : null;
  const earlier = await sentBefore();
  if (earlier) return earlier;
  const { quotas, max_active_jobs_per_user: usual } = config.jobs;
  const maxActive = quotaOf({ userId, roles: submission.roles ?? [] }, { quotas, usual });
  const active = await jobs.countActiveForUser(userId);
  if (active >= maxActive) {
    // what took the last slot may be this very submission, sent twice at the same time
    const twin = await sentBefore();
    if (twin) return twin;
    throw quotaExceeded(active, maxActive);
  }
  const limits = { defaults: config, topKMax: config.jobs.top_k_persisted_default };
  resolveNumbers(parsed, limits);
  const sweep = await requestedSweep(parsed, strategies ? { strategies, userId } : null);
  const { effective, stored } = resolveRequest(sweep, limits);
  const shared = submission.sharing === undefined
    ? sharingOfJob(effective, { parallelWorkers: config.jobs.parallel_workers, config: config.optimizations })
    : resolveSharing(submission.sharing, { effective, config: config.optimizations });
  const maxVariants = variantsMax(effective.preselect, {
    maxVariants: config.guards.max_variants_per_compute,
    maxVariantsExhaustive: config.guards.max_variants_exhaustive,
  });
  const plan = buildPlan(effective, {
    preselectDefault: config.preselect_default,
    defaults: deps.defaults,
    maxVariants,
  });
  checkGuards(plan, {
    maxVariants,
    maxBytes: config.guards.max_compute_bytes_total,
    bars: null,
  });
  const optimization = shared === null ? null : withTasks(shared, plan);
  // a plain job of one task a stage has nothing to share
  const whole = submission.sharing === undefined && (optimization?.tasksTotal ?? 0) <= stageCount;
  return await jobs.create({
    jobId: deps.newId(),
    userId,
    mode: sweep.saved ? "saved" : "template",
    requestJson: stored,
    requestHash: requestHash(stored),
    specHash: sweep.saved?.specHash ?? null,
    specPayloadJson: sweep.saved?.specPayloadJson ?? null,
    engineParamsHash: engineParamsHash(effective.template),
    backtestRuntimeConfigHash: runtimeConfigHash(config),
  }, {
    maxActive,
    ...(idempotency ? { idempotency } : {}),
    ...(traceId === undefined ? {} : { traceId }),
    ...(whole || optimization === null ? {} : { optimization }),
  });
}

/** Stages that have tasks. */
const stageCount = 2;
