import { z } from "@hono/zod-openapi";
import type { JobEvent } from "../../usecases/job_event.ts";
import { orNull, ruinedSchema, variantMetricsSchema, variantPayloadSchema } from "./backtest_schema.ts";
import { jobError, jobStage, jobState } from "./job_schema.ts";

const members: Readonly<Record<keyof JobEvent, z.ZodType>> = {
  job_id: z.uuid(),
  state: jobState,
  stage: jobStage,
  stage_label: z.string().describe("For people"),
  processed_units: z.int(),
  total_units: z.int(),
  percent: z.number().nullable().describe("0 to 100 of the present stage; null before its size is known"),
  rate_per_second: z.number().nullable().describe("Units of the present stage; null until known"),
  eta_seconds: z.number().nullable().describe("To the end of the present stage; null until known"),
  updated_at: z.iso.datetime(),
  cancel_requested_at: z.iso.datetime().nullable(),
  best: z.object({
    variant_key: z.string(),
    total_return_pct: z.number(),
    ruined: ruinedSchema,
    payload: variantPayloadSchema,
    metrics: orNull(variantMetricsSchema).describe("Null until the job has succeeded"),
  }).nullable().describe("The best row so far"),
  last_error_json: jobError.nullable(),
  terminal: z.boolean().describe("Whether this is the job's last event"),
};

/** The `data` of every event of a stream. */
export const jobEventSchema = z.object(members).openapi("JobEvent");
