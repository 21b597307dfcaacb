import { z } from "zod";
import { validationError } from "../core/errors/mod.ts";
import { reasonLengthMax } from "../core/limits/mod.ts";
import {
  concurrencyLimitMax,
  type CutSize,
  cutSweep,
  type EarlyStopPolicy,
  type NewOptimization,
  topTasksMax,
} from "../core/optimization/mod.ts";
import type { SweepPlan } from "../core/grid/mod.ts";
import { directionOf, type RankingMetric, rankingMetrics } from "../core/ranking/mod.ts";
import type { ConfigFile } from "../schema/config_file.ts";
import { type EffectiveRequest, requestBodySchema, type SentRequest } from "./body.ts";
import { optional, positiveInteger } from "./bounded.ts";
import { rankingOf } from "./effective.ts";
import { type BodyGrammar, readBody, toSent } from "./parse.ts";
import { type WithoutNulls, withoutNulls } from "./without_nulls.ts";

/** Beyond any figure of a report. */
const thresholdMax = 1e15;
/** Limits are told from numbers first, and then from the config's. */
const storedIntegerMax = 2 ** 31 - 1;

const earlyStopPolicy = z.strictObject({
  metric: z.enum(rankingMetrics),
  threshold: z.number().min(-thresholdMax).max(thresholdMax),
  mode: z.enum(["max", "min"]).nullish(),
});

const members = {
  /** Tasks that may be open at the same time; the config says how many at most. */
  concurrency_limit: positiveInteger.max(storedIntegerMax),
  early_stop_policy: earlyStopPolicy,
  /** Tasks in the summary. */
  top_n: positiveInteger.max(topTasksMax),
};

const memberNames = Object.keys(members);

const sharingMembers = optional(members);

/** What a request says of how its sweep is shared. Absent members mean: take the default. */
export type SentSharing = WithoutNulls<z.output<z.ZodObject<typeof sharingMembers>>>;

/** A request for an optimisation: a sweep, and how it is shared. */
export interface SentOptimization {
  readonly request: SentRequest;
  readonly sharing: SentSharing;
}

/** The body of a request for an optimisation: that of a sweep, and how it is shared. */
export const optimizationBodySchema = requestBodySchema.extend(sharingMembers);

/** Reads such a body. Throws as `parseRequest` does. */
export function parseOptimization(value: unknown): SentOptimization {
  const body = readBody(optimizationBodySchema, value);
  const [sharing, request] = [true, false].map((ours) =>
    Object.fromEntries(Object.entries(body).filter(([name]) => memberNames.includes(name) === ours))
  );
  return { request: toSent(request!), sharing: withoutNulls(sharing!) as SentSharing };
}

/** The same as a body that the API's document shows. */
export const optimizationBody: BodyGrammar<SentOptimization> = {
  schema: optimizationBodySchema,
  read: parseOptimization,
};

/** What may be sent with a cancel. */
export const cancelBodySchema = z.strictObject({
  reason: z.string().trim().min(1).max(reasonLengthMax).nullish(),
});

/** The part of the config that stands in for absent members, and caps them. */
export type SharingDefaults = ConfigFile["backtest"]["optimizations"];

/** How many tasks may be open where nothing is said. */
const usualConcurrency = 2;

/**
 * How an optimisation is shared, with the defaults in force. Throws a `validation_error` for a limit above that of the config, a
 * policy on another metric than the sweep is ranked by first or in the other direction, and for what cannot be shared.
 */
export function resolveSharing(
  sent: SentSharing,
  { effective, config }: {
    readonly effective: Pick<EffectiveRequest, "ranking" | "fold_equal">;
    readonly config: SharingDefaults;
  },
): Omit<NewOptimization, "tasksTotal"> {
  const concurrencyLimit = sent.concurrency_limit ?? Math.min(usualConcurrency, config.concurrency_max);
  if (concurrencyLimit > config.concurrency_max) throw tooMany(concurrencyLimit, config.concurrency_max);
  if (effective.fold_equal) throw foldsEqual();
  return {
    concurrencyLimit,
    earlyStop: policyOf(sent.early_stop_policy, rankingOf(effective).primary),
    topN: sent.top_n ?? config.top_n_default,
    taskVariants: config.task_variants,
    tasksMax: config.tasks_max,
  };
}

/** How a plain job is shared where the config says that jobs are; null for one that stays whole. */
export function sharingOfJob(
  effective: Pick<EffectiveRequest, "fold_equal">,
  { parallelWorkers, config }: { readonly parallelWorkers: number; readonly config: SharingDefaults },
): Omit<NewOptimization, "tasksTotal"> | null {
  if (parallelWorkers === 1 || effective.fold_equal) return null;
  return {
    concurrencyLimit: Math.min(parallelWorkers, concurrencyLimitMax),
    earlyStop: null,
    topN: config.top_n_default,
    taskVariants: config.task_variants,
    tasksMax: config.tasks_max,
  };
}

/** The companion of a job, once its plan is known. */
export function withTasks<Sharing extends CutSize>(
  sharing: Sharing,
  plan: Pick<SweepPlan, "stageATotal" | "shortlistTotal" | "expandsAll" | "riskTotal">,
): Sharing & Pick<NewOptimization, "tasksTotal"> {
  return { ...sharing, tasksTotal: cutSweep(plan, sharing).tasksTotal };
}

function policyOf(
  sent: SentSharing["early_stop_policy"],
  primary: RankingMetric,
): EarlyStopPolicy | null {
  if (sent === undefined) return null;
  const { metric, threshold, mode: asked } = sent;
  if (metric !== primary) {
    throw refused("metric", `must be ${primary}, which the sweep is ranked by first, got ${metric}`);
  }
  const mode = directionOf(metric);
  if (asked !== undefined && asked !== mode) {
    throw refused("mode", `must be ${mode} for ${metric}, or left out, got ${asked}`);
  }
  return { metric, threshold, mode };
}

function refused(member: "metric" | "mode", fact: string): Error {
  const path = `body.early_stop_policy.${member}`;
  return validationError(`Cannot stop early: ${path} ${fact}`, [{
    path,
    code: "value_error",
    message: `early_stop_policy.${member} ${fact}`,
  }]);
}

function tooMany(limit: number, max: number): Error {
  return validationError(
    `Cannot have ${limit} tasks at work: concurrency_limit must be <= backtest.optimizations.concurrency_max`,
    [{ path: "body.concurrency_limit", code: "max_value", message: `concurrency_limit must be <= ${max}` }],
  );
}

function foldsEqual(): Error {
  return validationError("Cannot share a sweep that folds equal trades: they are found by one worker", [{
    path: "body.fold_equal",
    code: "mode_conflict",
    message: "fold_equal runs as one job: leave it out, or submit the sweep to /backtests/jobs",
  }]);
}
