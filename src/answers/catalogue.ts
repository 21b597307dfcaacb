import { z } from "zod";
import { axisSchema } from "../request/axis.ts";
import type { Answer } from "./parts.ts";

/** The indicators with their parameters, bounds and default grids. */
export type IndicatorList = Answer<typeof indicatorListSchema>;

/** What a grid would cost. */
export type Estimate = Answer<typeof estimateSchema>;

/** The config's defaults as clients see them; nothing in it is secret. */
export type RuntimeDefaults = Answer<typeof runtimeDefaultsSchema>;

const axis = z.object({
  name: z.string(),
  kind: z.enum(["int", "float", "source"]),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable().describe("Values of a range lie on min + k * step"),
  sources: z.array(z.string()).nullable(),
  inert: z.boolean().describe("Counted and part of the key, but without influence on the scored output"),
  default: axisSchema.nullable().describe(
    "The axis a request gets that leaves it out; null where it must be sent",
  ),
});

/** An indicator of the catalogue. */
const indicatorSchema = z.object({
  id: z.string(),
  description: z.string(),
  output: z.string(),
  inputs: z.array(z.string()),
  params: z.array(axis),
  call: z.object({
    name: z.string(),
    arguments: z.array(z.object({
      name: z.string(),
      kind: z.enum(["series", "number"]).describe("Any series may be a source"),
      min: z.number().nullable(),
      max: z.number().nullable(),
      integer: z.boolean(),
      default: z.number().nullable().describe("What it is when left out; null where it must be written"),
    })),
    outputs: z.array(z.string()).describe("The first one is what the bare call means"),
  }).nullable().describe(
    "How rules call it, as in `macd(close, 12, 26, 9).histogram`; null where it reads the future, and rules refuse it",
  ),
  rule: z.string().nullable().describe("Signal rule; null where no strategy can use the indicator"),
  signal_params: z.array(z.object({ name: z.string(), default: axisSchema.nullable() })),
  warnings: z.array(z.string()),
}).meta({ id: "Indicator" });

/** All indicators, sorted by id. */
export const indicatorListSchema = z.object({ items: z.array(indicatorSchema) });

/** What a grid would cost. */
export const estimateSchema = z.object({
  schema_version: z.literal(1),
  total_variants: z.int(),
  estimated_memory_bytes: z.int(),
}).meta({ id: "Estimate" });

/** The numbers a request gets where it is silent; market ids in ascending order. */
export const runtimeDefaultsSchema = z.object({
  warmup_bars_default: z.int(),
  top_k_default: z.int(),
  preselect_default: z.union([z.int(), z.literal("all")]),
  top_trades_n_default: z.int(),
  ranking: z.object({
    primary_metric_default: z.string(),
    secondary_metric_default: z.string().nullable(),
    min_trades: z.int().optional().describe("1 where it is absent"),
  }),
  execution: z.object({
    init_cash_quote_default: z.number(),
    fixed_quote_default: z.number(),
    safe_profit_percent_default: z.number(),
    slippage_pct_default: z.number(),
    fee_pct_default_by_market_id: z.record(z.string(), z.number()),
  }),
  jobs: z.object({ top_k_persisted_default: z.int() }),
}).meta({ id: "RuntimeDefaults" });
