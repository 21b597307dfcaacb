import { z } from "zod";
import { type Stage, stages } from "../core/job/mod.ts";
import {
  type EarlyStopPolicy,
  optimizationStatuses,
  type ShownScore,
  type StopReason,
  type TaskParams,
  type TaskStage,
  type TopTask,
} from "../core/optimization/mod.ts";
import { rankingMetrics } from "../core/ranking/mod.ts";
import { jobErrorSchema, jobEventSchema } from "./job.ts";
import { type Answer, nextCursor, orNull, sha256, time, variantPayloadSchema } from "./parts.ts";

/** An optimisation as callers see it. */
export type OptimizationAnswer = Answer<typeof optimizationAnswerSchema>;

/** One page of optimisations, newest first. */
export type OptimizationList = Answer<typeof optimizationListSchema>;

/** One page of an optimisation's tasks, in order. */
export type OptimizationTasks = Answer<typeof optimizationTasksSchema>;

/** Where a watched optimisation stands. */
export type OptimizationEvent = Answer<typeof optimizationEventSchema>;

/** A type's schemas, member by member. */
type Members<T> = Readonly<Record<keyof T, z.ZodType>>;

const status = z.enum([...optimizationStatuses]);
const taskStage = z.enum(
  stages.filter((stage): stage is Exclude<Stage, "finalizing"> => stage !== "finalizing"),
);
const metric = z.enum([...rankingMetrics]);
const mode = z.enum(["max", "min"]);

const scoreMembers = {
  score: z.number().nullable().describe(
    "Of the metric the sweep is ranked by first; null where it is missing",
  ),
  score_infinite: z.literal(true).optional().describe(
    "A profit factor without a loss, which JSON has no number for; absent otherwise",
  ),
} satisfies Members<ShownScore>;

const earlyStopPolicy = z.object(
  { metric, threshold: z.number(), mode } satisfies Members<EarlyStopPolicy>,
);

const stopReason = z.object(
  {
    kind: z.literal("early_stop_threshold"),
    metric,
    mode,
    threshold: z.number(),
    ...scoreMembers,
    task_id: z.uuid(),
    seq: z.int(),
  } satisfies Members<StopReason>,
).describe("The first task whose best variant was good enough, all tasks before it being finished");

const topTask = z.object(
  {
    task_id: z.uuid(),
    seq: z.int(),
    ...scoreMembers,
    result_summary_id: sha256.describe("The key of the task's best variant, as in the rows of `/top`"),
    variant: variantPayloadSchema,
  } satisfies Members<TopTask>,
);

/** The tasks of an optimisation in numbers. */
export const optimizationSummarySchema = z.object({
  total: z.int().describe("Of both stages"),
  finished: z.int().describe("After a cancel or a failure: all that are over"),
  running: z.int(),
  waiting: z.int().describe("total less finished and running; after an early stop those that never ran"),
  workers: z.array(z.string()).describe("Who works on the running tasks"),
  top_n: z.array(topTask).describe("The best tasks of stage B, best first"),
}).meta({ id: "OptimizationSummary" });

/** An optimisation. */
export const optimizationAnswerSchema = z.object({
  id: z.uuid().describe("Of the job as well: /backtests/jobs/{id} has its report, exports and heat map"),
  status,
  stage: z.enum([...stages]),
  concurrency_limit: z.int().describe("Tasks that may be open at the same time"),
  early_stop_policy: orNull(earlyStopPolicy),
  summary: optimizationSummarySchema,
  stop_reason: orNull(stopReason),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  cancel_requested_at: time.nullable(),
  error: orNull(jobErrorSchema),
}).meta({ id: "Optimization" });

/** A page of optimisations. */
export const optimizationListSchema = z.object({
  items: z.array(optimizationAnswerSchema),
  next_cursor: nextCursor,
})
  .meta({ id: "OptimizationList" });

const params = z.object(
  {
    stage: taskStage satisfies z.ZodType<TaskStage>,
    from: z.int().describe("First unit: a base variant, in stage B a place among the expanded ones"),
    to: z.int().describe("The unit after the last"),
    first: variantPayloadSchema,
    last: variantPayloadSchema,
  } satisfies Members<TaskParams>,
);

const task = z.object({
  task_id: z.uuid(),
  seq: z.int(),
  stage: taskStage,
  status,
  params,
  progress: z.number().describe("0 to 1"),
  retries: z.int(),
  ...scoreMembers,
  result_summary_id: sha256.nullable().describe("The key of its best variant; null in stage A"),
  error: orNull(jobErrorSchema).describe("Of a failed task, or why it was started again"),
  created_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  worker: z.string().nullable().describe("Who works on it, or did so last"),
}).meta({ id: "OptimizationTask" });

/** A page of tasks. */
export const optimizationTasksSchema = z.object({ items: z.array(task), next_cursor: nextCursor })
  .meta({ id: "OptimizationTasks" });

/** The `data` of every event of an optimisation's stream. */
export const optimizationEventSchema = jobEventSchema.extend({
  status,
  summary: optimizationSummarySchema,
  stop_reason: orNull(stopReason),
}).meta({ id: "OptimizationEvent" });
