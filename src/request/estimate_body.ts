import { axisSchema } from "./axis.ts";
import { gridsSchema, timeRangeSchema } from "./body.ts";
import { parseTimestamp } from "../core/text/mod.ts";
import type { EstimateRequest } from "./estimate.ts";
import { timeframes } from "../core/bars/mod.ts";
import { z } from "zod";

/** The body of an estimate as sent. */
export const estimateBodySchema = z.strictObject({
  timeframe: z.enum(timeframes),
  time_range: timeRangeSchema,
  indicators: gridsSchema,
  risk: z.strictObject({ sl: axisSchema, tp: axisSchema }),
});

/** A read body in the core's form. */
export function toEstimateRequest(body: z.output<typeof estimateBodySchema>): EstimateRequest {
  return {
    timeframe: body.timeframe,
    timeRange: {
      startMs: parseTimestamp(body.time_range.start)!,
      endMs: parseTimestamp(body.time_range.end)!,
    },
    indicators: body.indicators.map(({ indicator_id, params, source }) => ({
      indicator_id,
      params,
      ...(source ? { source } : {}),
    })),
    risk: body.risk,
  };
}
