import { buildPlan } from "../core/build_plan.ts";
import type { DefaultGrids } from "../core/default_grids.ts";
import { type RequestDefaults, resolveRequest } from "../core/effective_request.ts";
import { checkGuards } from "../core/guards.ts";
import type { Job } from "../core/job.ts";
import {
  engineParamsHash,
  requestHash,
  runtimeConfigHash,
  type RuntimeConfigSlice,
} from "../core/request_hashes.ts";
import type { JobRepository } from "../ports/job_repository.ts";
import type { ParsedRequest } from "../schema/request.ts";

/** What a submission is checked against. */
export interface SubmitDeps {
  readonly jobs: JobRepository;
  readonly config: RuntimeConfigSlice & RequestDefaults & {
    readonly jobs: { readonly topKPersistedDefault: number; readonly maxActiveJobsPerUser: number };
    readonly guards: { readonly maxVariantsPerCompute: number; readonly maxComputeBytesTotal: number };
  };
  readonly defaults: DefaultGrids;
  /** Makes a UUID v4. */
  readonly newId: () => string;
}

/**
 * Resolves a request's defaults and puts it into the queue. Rejects with `validation_error` for a grid outside its
 * bounds or guards, or a full quota; then nothing is stored.
 */
export async function submitJob(
  submission: { readonly parsed: ParsedRequest; readonly userId: string },
  deps: SubmitDeps,
): Promise<Job> {
  const { config, jobs } = deps;
  const effective = resolveRequest({
    ...submission.parsed,
    defaults: config,
    topKMax: config.jobs.topKPersistedDefault,
  });
  const plan = buildPlan({
    template: effective.template,
    execution: effective.execution,
    keyExecution: effective.execution,
    preselect: effective.preselect,
    defaults: deps.defaults,
    maxVariants: config.guards.maxVariantsPerCompute,
  });
  checkGuards(plan, {
    maxVariants: config.guards.maxVariantsPerCompute,
    maxBytes: config.guards.maxComputeBytesTotal,
    bars: null,
  });
  return await jobs.create({
    jobId: deps.newId(),
    userId: submission.userId,
    mode: "template",
    requestJson: effective.requestJson,
    requestHash: requestHash(effective),
    specHash: null,
    specPayloadJson: null,
    engineParamsHash: engineParamsHash(effective.template),
    backtestRuntimeConfigHash: runtimeConfigHash(config),
  }, { maxActive: config.jobs.maxActiveJobsPerUser });
}
