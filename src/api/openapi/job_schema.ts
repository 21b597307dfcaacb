import { z } from "@hono/zod-openapi";
import { jobStates, stages } from "../../core/job/mod.ts";
import {
  dataCoverageSchema,
  orNull,
  ruinedSchema,
  sameAsSchema,
  tradeSchema,
  variantMetricsSchema,
  variantPayloadSchema,
} from "./backtest_schema.ts";

const time = z.iso.datetime();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a job stands. The document would show only the first value of a literal. */
export const jobState = z.enum([...jobStates]);

/** What a job is at. */
export const jobStage = z.enum([...stages]);

/** Why a job failed, or is tried again. */
export const jobError = z.object({ code: z.string(), message: z.string(), details: z.looseObject({}) });

const listItem = z.object({
  job_id: z.uuid(),
  mode: z.enum(["saved", "template"]),
  state: jobState,
  stage: jobStage,
  created_at: time,
  updated_at: time,
  started_at: time.nullable(),
  finished_at: time.nullable(),
  cancel_requested_at: time.nullable(),
  processed_units: z.int(),
  total_units: z.int(),
});

/** A job as create, status and cancel answer it. */
export const jobStatusSchema = listItem.extend({
  progress_updated_at: time.nullable(),
  request_hash: hash,
  engine_params_hash: hash,
  backtest_runtime_config_hash: hash,
  spec_hash: hash.nullable(),
  last_error: z.string().nullable(),
  last_error_json: jobError.nullable(),
  trace_id: z.string().regex(/^[0-9a-f]{32}$/).nullable().describe(
    "W3C trace id of the request that created the job, from its `traceparent` or made for it; it is in the worker's log",
  ),
  data: orNull(dataCoverageSchema).describe(
    "Null until a worker has loaded the candles, and for older jobs",
  ),
  warnings: z.array(z.string()).nullable().describe(
    "What the candles gave reason to warn of; null where `data` is",
  ),
}).openapi("Job");

/** A page of jobs. */
export const jobListSchema = z.object({
  items: z.array(listItem),
  next_cursor: z.string().nullable().describe("For the next page, null on the last one; opaque"),
}).openapi("JobList");

const rowMetrics = orNull(variantMetricsSchema)
  .describe("Null until the job has succeeded, and of jobs that a release without metrics ran");

/** A job's ranked variants. */
export const topRowsSchema = z.object({
  job_id: z.uuid(),
  state: jobState,
  report_context: z.looseObject({}).nullable(),
  data: orNull(dataCoverageSchema).describe(
    "Null until a worker has loaded the candles, and for older jobs",
  ),
  warnings: z.array(z.string()),
  items: z.array(z.object({
    rank: z.int(),
    variant_key: z.string(),
    indicator_variant_key: z.string(),
    variant_index: z.int(),
    total_return_pct: z.number(),
    ruined: ruinedSchema,
    payload: variantPayloadSchema,
    metrics: rowMetrics,
    same_as: orNull(sameAsSchema).optional()
      .describe("Only with fold_equal; null until the job has succeeded, and for a row that stands alone"),
    report_table_md: z.string().nullish().describe("Only of a succeeded job"),
    trades: z.array(tradeSchema).nullish().describe("Only of a succeeded job, null below top_trades_n"),
  })),
}).openapi("TopRows");

/** Sign and 15 digits. */
const integerLengthMax = 16;

/** Query members that hold an integer. */
export const integerText = z.string().max(integerLengthMax)
  .refine((text) => /^[+-]?\d{1,15}$/.test(text), { error: "an integer", params: { code: "int_parsing" } })
  .transform(Number);
