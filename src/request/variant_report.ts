import { axisNumber, boundedList, boundedRecord, nameSchema, riskPct } from "./bounded.ts";
import { readWith, toErrorItems, valueErrorCode } from "../schema/zod_issues.ts";
import { executionSchema, requestBodySchema } from "./body.ts";
import { type ParsedRequest, parseRequest } from "./parse.ts";
import type { JsonObject } from "../core/text/mod.ts";
import type { SentVariant } from "./variant_template.ts";
import { gridsMax } from "../core/limits/mod.ts";
import { directionModes, sizingModes } from "../core/execution/mod.ts";
import { validationError } from "../core/errors/mod.ts";
import { z } from "zod";

const percent = riskPct.nullable();

const variant = z.strictObject({
  indicator_selections: boundedList(
    z.strictObject({
      indicator_id: nameSchema,
      inputs: z.strictObject({ source: nameSchema.optional() }),
      params: boundedRecord(axisNumber),
    }),
    { min: 1, max: gridsMax },
  ),
  signal_params: boundedRecord(boundedRecord(axisNumber)),
  risk_params: z.strictObject({
    sl_enabled: z.boolean(),
    sl_pct: percent,
    tp_enabled: z.boolean(),
    tp_pct: percent,
  }).superRefine((risk, context) => {
    for (const side of ["sl", "tp"] as const) {
      const input = risk[`${side}_pct`];
      if (risk[`${side}_enabled`] || input === null) continue;
      const message = `null when ${side}_enabled is false`;
      context.addIssue({ code: "custom", path: [`${side}_pct`], message, input });
    }
  }),
  execution_params: executionSchema,
  direction_mode: z.enum(directionModes),
  sizing_mode: z.enum(sizingModes),
});

/** The body of a variant's report as sent: a request without the members of a ranking, and one variant written out. */
export const variantReportBodySchema = requestBodySchema
  .omit({ top_k: true, preselect: true, top_trades_n: true, ranking: true, fold_equal: true })
  .extend({ variant, include_trades: z.boolean().default(false) });

/** A body that was accepted. */
export interface VariantReportRequest {
  readonly parsed: ParsedRequest;
  readonly variant: SentVariant;
  readonly includeTrades: boolean;
}

/**
 * Reads the body of a variant's report. Throws a `validation_error` as `parseRequest` does: first for members of the
 * wrong form, then for the mode, then for values that do not go together.
 */
export function parseVariantReport(value: unknown): VariantReportRequest {
  const reading = readWith(variantReportBodySchema, value);
  if (!reading.ok && reading.findings.some(({ code }) => code !== valueErrorCode)) {
    throw refused(reading.findings);
  }
  const { variant: _, include_trades: __, ...frame } = value as JsonObject;
  const parsed = parseRequest(frame);
  if (!reading.ok) throw refused(reading.findings);
  const { variant, include_trades: includeTrades } = reading.value;
  const execution = Object.entries(variant.execution_params).filter(([, number]) => number !== null);
  return {
    parsed,
    variant: { ...variant, execution_params: Object.fromEntries(execution) } as SentVariant,
    includeTrades,
  };
}

function refused(findings: Parameters<typeof toErrorItems>[0]): Error {
  return validationError("Validation failed", toErrorItems(findings, { root: "body" }));
}
