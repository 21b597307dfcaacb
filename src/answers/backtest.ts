import { z } from "zod";
import {
  type Answer,
  dataCoverageSchema,
  missed,
  orNull,
  rankedBy,
  rankedMembers,
  readerWarnings,
  sameAsSchema,
  sha256,
  time,
  tradeSchema,
  variantMetricsSchema,
} from "./parts.ts";

/** A variant's report as it is answered at once. */
export type VariantReport = Answer<typeof variantReportSchema>;

/** The report of one variant, with its figures as numbers. */
export type MeasuredVariant = Answer<typeof measuredVariantSchema>;

/** The answer of a synchronous run; `variants` is ordered by the ranking metrics, then key ascending. */
export type BacktestAnswer = Answer<typeof backtestAnswerSchema>;

/** The report of one variant. */
const variantReportSchema = z.object({
  rows: z.array(z.object({ metric: z.string(), value: z.string() })).describe("25 metrics in a fixed order"),
  table_md: z.string(),
  trades: z.array(tradeSchema).nullable().describe(
    "Null unless asked for, and of a run for variants beyond `top_trades_n`, or with too many trades",
  ),
  equity: z.array(z.object({ close_ts: time, equity: z.number() })).optional().describe(
    "Account value at every bar close of the range; only in full reports, which the API does not give",
  ),
}).meta({ id: "VariantReport" });

/** The report of one variant, with its figures as numbers. */
export const measuredVariantSchema = variantReportSchema
  .extend({ metrics: variantMetricsSchema, warnings: readerWarnings })
  .meta({ id: "MeasuredVariant" });

/** The answer of a synchronous run. */
export const backtestAnswerSchema = z.object({
  schema_version: z.literal(1),
  mode: z.enum(["template", "saved"]),
  strategy_id: z.uuid().nullable().describe("Null in template mode"),
  instrument_id: z.object({ market_id: z.int(), symbol: z.string() }),
  timeframe: z.string(),
  warmup_bars: z.int().describe("Bars of history used: the request's, or what the longest lookback needs"),
  top_k: z.int(),
  preselect: z.union([z.int(), z.literal("all")]),
  top_trades_n: z.int(),
  fold_equal: z.literal(true).optional().describe("Only where equal trades are folded"),
  ranked_by: rankedBy,
  missed_by_default_preselect: missed,
  spec_hash: sha256.nullable().describe("Of the strategy without the overrides; null in template mode"),
  grid_request_hash: sha256.nullable().describe("Null in saved mode"),
  engine_params_hash: sha256,
  data: dataCoverageSchema,
  warnings: readerWarnings,
  variants: z.array(z.object({
    variant_index: z.int(),
    variant_key: sha256,
    indicator_variant_key: sha256,
    ...rankedMembers,
    metrics: variantMetricsSchema,
    same_as: orNull(sameAsSchema).optional().describe(
      "Only with fold_equal; null for a row that stands alone",
    ),
    report: variantReportSchema.nullable(),
  })),
}).meta({ id: "BacktestAnswer" });
