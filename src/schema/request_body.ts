import { z } from "zod";
import { directionModes, sizingModes } from "../core/execution.ts";
import { rankingMetrics } from "../core/ranking_metric.ts";
import { formatTimestamp, parseTimestamp } from "../core/time_text.ts";
import { timeframes } from "../core/timeframe.ts";
import { axisSchema } from "./axis.ts";
import { integerText } from "./zod_issues.ts";

const timestamp = z.string()
  .refine((text) => parseTimestamp(text) !== null, {
    error: "a time with offset like 2026-01-01T00:00:00Z",
    params: { code: "datetime_parsing" },
  })
  .transform((text) => formatTimestamp(parseTimestamp(text)!));

const timeRange = z.strictObject({ start: timestamp, end: timestamp }).refine(
  ({ start, end }) => !(epochMs(start) >= epochMs(end)),
  "a range with start before end",
);

const positiveInteger = z.int({ error: integerError }).gt(0);

const instrument = z.strictObject({
  market_id: positiveInteger.max(65_535),
  symbol: z.string().trim().toUpperCase().min(1),
});

const indicatorGrid = z.strictObject({
  indicator_id: z.string().min(1),
  params: z.record(z.string(), axisSchema).default({}),
  source: axisSchema.nullish(),
});

const riskGrid = z.strictObject({
  sl_enabled: z.boolean().default(false),
  tp_enabled: z.boolean().default(false),
  sl: axisSchema.nullish(),
  tp: axisSchema.nullish(),
  sl_pct: z.number().gte(0).nullish(),
  tp_pct: z.number().gte(0).nullish(),
})
  .refine((risk) => !risk.sl_enabled || (risk.sl ?? risk.sl_pct ?? null) !== null, {
    path: ["sl"],
    error: "sent, or sl_pct, when sl_enabled is true",
  })
  .refine((risk) => !risk.tp_enabled || (risk.tp ?? risk.tp_pct ?? null) !== null, {
    path: ["tp"],
    error: "sent, or tp_pct, when tp_enabled is true",
  });

const execution = z.strictObject({
  init_cash_quote: z.number().gt(0).nullish(),
  fixed_quote: z.number().gt(0).nullish(),
  safe_profit_percent: z.number().gte(0).lte(100).nullish(),
  fee_pct: z.number().gte(0).nullish(),
  slippage_pct: z.number().gte(0).nullish(),
});

const template = z.strictObject({
  instrument_id: instrument,
  timeframe: z.literal([...timeframes]),
  indicator_grids: z.array(indicatorGrid).min(1),
  signal_grids: z.record(z.string(), z.record(z.string(), axisSchema)).nullish().transform((grids) =>
    grids ?? {}
  ),
  risk_grid: riskGrid.nullish(),
  direction_mode: z.literal([...directionModes]).nullish(),
  sizing_mode: z.literal([...sizingModes]).nullish(),
  execution: execution.nullish(),
});

const ranking = z.strictObject({
  primary_metric: z.literal([...rankingMetrics]),
  secondary_metric: z.literal([...rankingMetrics]).nullish(),
}).superRefine(({ primary_metric, secondary_metric }, context) => {
  if (secondary_metric !== primary_metric) return;
  context.addIssue({
    code: "custom",
    path: ["secondary_metric"],
    message: "another metric than primary_metric",
    input: secondary_metric,
  });
});

/**
 * A request body as sent, both modes, with model defaults filled in, times normalised to UTC and null members kept.
 * Which mode it names is not looked at.
 */
export const requestBodySchema = z.strictObject({
  time_range: timeRange,
  strategy_id: z.uuid().nullish(),
  template: template.nullish(),
  overrides: z.record(z.string(), z.unknown()).nullish(),
  warmup_bars: positiveInteger.nullish(),
  top_k: positiveInteger.nullish(),
  preselect: positiveInteger.nullish(),
  top_trades_n: positiveInteger.nullish(),
  ranking: ranking.nullish(),
});

/** NaN for a text that was refused already, which compares false with everything. */
function epochMs(text: string): number {
  return parseTimestamp(text) ?? NaN;
}

/** zod calls an integer field a number when what was sent is no number at all. */
function integerError(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === "invalid_type" ? integerText : undefined;
}
