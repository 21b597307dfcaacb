import { z } from "zod";
import { jobStates, stages } from "../core/job/mod.ts";
import {
  type Answer,
  dataCoverageSchema,
  missed,
  nextCursor,
  orNull,
  planeAxisSchema,
  rankedBy,
  rankedMembers,
  readerWarnings,
  sameAsSchema,
  sha256,
  time,
  tradeSchema,
  variantMetricsSchema,
} from "./parts.ts";

/** A job as callers see it. Lease and attempt stay inside. */
export type JobStatus = Answer<typeof jobStatusSchema>;

/** One page of jobs, newest first. */
export type JobList = Answer<typeof jobListSchema>;

/** A job's ranked variants. */
export type TopRows = Answer<typeof topRowsSchema>;

/** Where a watched job stands. Everything a view needs is in every event, so that a missed one costs nothing. */
export type JobEvent = Answer<typeof jobEventSchema>;

/** Two axes around the winner of a job and the total returns over them. */
export type JobHeatmap = Answer<typeof jobHeatmapSchema>;

// the document would show only the first value of a literal
const state = z.enum([...jobStates]);
const stage = z.enum([...stages]);

/** Why a job or a task failed. */
export const jobErrorSchema = z.object({ code: z.string(), message: z.string(), details: z.looseObject({}) });

const listItem = z.object({
  job_id: z.uuid(),
  mode: z.enum(["saved", "template"]),
  state,
  stage,
  created_at: time,
  updated_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  cancel_requested_at: time.nullable(),
  processed_units: z.int(),
  total_units: z.int(),
});

const storedCoverage = orNull(dataCoverageSchema).describe(
  "Null until a worker has loaded the candles, and for older jobs",
);

/** A job as create, status and cancel answer it. */
export const jobStatusSchema = listItem.extend({
  progress_updated_at: time.nullable(),
  request_hash: sha256,
  engine_params_hash: sha256,
  backtest_runtime_config_hash: sha256,
  spec_hash: sha256.nullable(),
  last_error: z.string().nullable(),
  last_error_json: jobErrorSchema.nullable(),
  trace_id: z.string().regex(/^[0-9a-f]{32}$/).nullable().describe(
    "W3C trace id of the request that created the job, from its `traceparent` or made for it; it is in the worker's log",
  ),
  data: storedCoverage,
  warnings: z.array(z.string()).nullable().describe(
    "What the candles gave reason to warn of; null where `data` is",
  ),
}).meta({ id: "Job" });

/** The members of a job that a list shows. */
export const jobListMembers = Object.keys(listItem.shape) as readonly (keyof typeof listItem.shape)[];

/** A page of jobs. */
export const jobListSchema = z.object({ items: z.array(listItem), next_cursor: nextCursor })
  .meta({ id: "JobList" });

/** A job's ranked variants. */
export const topRowsSchema = z.object({
  job_id: z.uuid(),
  state,
  report_context: z.looseObject({}).nullable().describe(
    "What the reports belong to: range, template, warm-up",
  ),
  data: storedCoverage,
  warnings: readerWarnings,
  ranked_by: rankedBy,
  missed_by_default_preselect: missed,
  items: z.array(z.object({
    rank: z.int(),
    variant_key: z.string(),
    indicator_variant_key: z.string(),
    variant_index: z.int(),
    ...rankedMembers,
    metrics: orNull(variantMetricsSchema).describe(
      "Null until the job has succeeded, and of jobs that a release without metrics ran",
    ),
    same_as: orNull(sameAsSchema).optional().describe(
      "Only with fold_equal; null until the job has succeeded, and for a row that stands alone",
    ),
    report_table_md: z.string().nullish().describe("Only of a succeeded job"),
    trades: z.array(tradeSchema).nullish().describe(
      "Only of a succeeded job, null below top_trades_n and where there are too many",
    ),
  })),
}).meta({ id: "TopRows" });

/** The `data` of every event of a stream. */
export const jobEventSchema = z.object({
  job_id: z.uuid(),
  state,
  stage,
  stage_label: z.string().describe("For people"),
  processed_units: z.int(),
  total_units: z.int(),
  percent: z.number().nullable().describe(
    "0 to 100 of the present stage, two digits; 100 of a succeeded job, null before its size is known",
  ),
  rate_per_second: z.number().nullable().describe("Units of the present stage; null until known"),
  eta_seconds: z.number().nullable().describe("To the end of the present stage; null until known"),
  updated_at: time,
  cancel_requested_at: time.nullable(),
  best: z.object({
    variant_key: z.string(),
    ...rankedMembers,
    metrics: orNull(variantMetricsSchema).describe("Null until the job has succeeded"),
  }).nullable().describe("The best row so far"),
  last_error_json: jobErrorSchema.nullable(),
  terminal: z.boolean().describe("Whether this is the job's last event"),
}).meta({ id: "JobEvent" });

/** Total returns over two axes around a winner. */
export const jobHeatmapSchema = z.object({
  job_id: z.uuid(),
  variant_key: z.string().describe("The variant in the middle"),
  axes: z.array(z.string()).describe("Names of all axes that can be asked for"),
  x: planeAxisSchema,
  y: planeAxisSchema,
  total_return_pct: z.array(z.array(z.number().nullable())).describe(
    "Percent; `total_return_pct[j][i]` belongs to value `i` of x and `j` of y, null where there is none",
  ),
}).meta({ id: "Heatmap" });
