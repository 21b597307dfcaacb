import { z } from "@hono/zod-openapi";
import { figureTexts, flagTexts } from "../../core/report/mod.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A variant written out, as results carry it and as `variant-report` takes it back. */
export const variantPayloadSchema = z.object({
  indicator_selections: z.array(z.object({
    indicator_id: z.string(),
    inputs: z.record(z.string(), z.string()),
    params: z.record(z.string(), z.number()),
  })),
  signal_params: z.record(z.string(), z.record(z.string(), z.number())),
  risk_params: z.object({
    sl_enabled: z.boolean(),
    sl_pct: z.number().nullable(),
    tp_enabled: z.boolean(),
    tp_pct: z.number().nullable(),
  }),
  execution_params: z.record(z.string(), z.number()),
  direction_mode: z.string(),
  sizing_mode: z.string(),
}).openapi("VariantPayload");

/** A named schema or null. `nullable()` would make the document demand an object and allow null, which nothing is. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return z.union([schema, z.null()]);
}

/** A member that only rows of a ruined account have. */
export const ruinedSchema = z.literal(true).optional()
  .describe("Nothing of the initial cash is left, or less; absent in other rows. Ruined rows rank last");

/** The figures of a ranked variant as numbers. */
export const variantMetricsSchema = z.object({
  ...described(figureTexts, () => z.number().nullable()),
  ...described(flagTexts, () => z.boolean()),
}).openapi("VariantMetrics");

const barClose = z.iso.datetime().optional()
  .describe("Close of the bar, UTC; absent in trades that a release without it stored");

/** One closed position. */
export const tradeSchema = z.object({
  trade_id: z.int(),
  direction: z.enum(["long", "short"]),
  entry_bar_index: z.int(),
  exit_bar_index: z.int(),
  entry_ts: barClose,
  exit_ts: barClose,
  exit_reason: z.string(),
}).catchall(z.unknown()).openapi("Trade");

/** The report of one variant. */
export const variantReportSchema = z.object({
  rows: z.array(z.object({ metric: z.string(), value: z.string() })).describe("25 metrics in a fixed order"),
  table_md: z.string(),
  trades: z.array(tradeSchema).nullable().describe("Null unless asked for"),
}).openapi("VariantReport");

/** The report of one variant, with its figures as numbers. */
export const measuredVariantSchema = variantReportSchema
  .extend({ metrics: variantMetricsSchema, warnings: z.array(z.string()) })
  .openapi("MeasuredVariant");

/** The variants that were folded into a row because their trades are equal to its own. */
export const sameAsSchema = z.object({
  count: z.int().describe("Without the row itself"),
  params: z.record(z.string(), z.array(z.union([z.number(), z.string()]))).describe(
    "Parameters in which they differ: lowest and highest value, of sources all names",
  ),
}).openapi("SameAs");

/** What the figures of a run are made on. */
export const dataCoverageSchema = z.object({
  first_bar: z.iso.datetime().nullable().describe(
    "Open of the first bar that is traded and measured; null: none is",
  ),
  last_bar: z.iso.datetime().nullable().describe("Open of the last one"),
  bars: z.int().describe("Bars between them that are made of candles"),
  missing_bars: z.int().describe("Bars the market's calendar expects there and the candles do not give"),
  gaps: z.object({ count: z.int(), longest: z.int().describe("In bars") }).describe("Runs of missing bars"),
  partial_last_bar: z.boolean().describe("Whether the range or the candles end inside of a bar"),
}).openapi("DataCoverage");

/** The answer of a synchronous run. */
export const backtestAnswerSchema = z.object({
  schema_version: z.literal(1),
  mode: z.enum(["template", "saved"]),
  strategy_id: z.uuid().nullable(),
  instrument_id: z.object({ market_id: z.int(), symbol: z.string() }),
  timeframe: z.string(),
  warmup_bars: z.int().describe("Bars of history used: the request's, or what the longest lookback needs"),
  top_k: z.int(),
  preselect: z.union([z.int(), z.literal("all")]),
  top_trades_n: z.int(),
  fold_equal: z.literal(true).optional(),
  spec_hash: sha256.nullable(),
  grid_request_hash: sha256.nullable(),
  engine_params_hash: sha256,
  data: dataCoverageSchema,
  warnings: z.array(z.string()),
  variants: z.array(z.object({
    variant_index: z.int(),
    variant_key: sha256,
    indicator_variant_key: sha256,
    total_return_pct: z.number(),
    ruined: ruinedSchema,
    metrics: variantMetricsSchema,
    same_as: orNull(sameAsSchema).optional().describe(
      "Only with fold_equal; null for a row that stands alone",
    ),
    report: variantReportSchema.nullable(),
    payload: variantPayloadSchema,
  })),
}).openapi("BacktestAnswer");

function described<Name extends string, Type extends z.ZodType>(
  texts: Readonly<Record<Name, string>>,
  type: () => Type,
): Record<Name, Type> {
  const members = Object.entries<string>(texts).map(([name, text]) => [name, type().describe(text)]);
  return Object.fromEntries(members) as Record<Name, Type>;
}
