import { axisSchema } from "./axis.ts";
import { boundedList, boundedRecord, cashSchema, costPct, nameSchema, riskPct } from "./bounded.ts";
import { integerOrAllText, integerText } from "../schema/zod_issues.ts";
import { formatTimestamp, parseTimeOrDate, parseTimestamp } from "../core/text/mod.ts";
import {
  gridsMax,
  preselectMax,
  rowsMax,
  symbolForm,
  symbolLengthMax,
  timeLengthMax,
  warmupBarsMax,
} from "../core/limits/mod.ts";
import { minTradesMax, rankingMetrics, ranksByProfitFactor } from "../core/ranking/mod.ts";
import { directionModes, sizingModes } from "../core/execution/mod.ts";
import { timeframes } from "../core/bars/mod.ts";
import { z } from "zod";

const timestamp = z.string().max(timeLengthMax)
  .refine((text) => parseTimeOrDate(text) !== null, {
    error: "a time with offset like 2026-01-01T00:00:00Z, or a date",
    params: { code: "datetime_parsing" },
  })
  .transform((text) => formatTimestamp(parseTimeOrDate(text)!));

/** A half-open range of times with offset, or dates, which are midnight UTC, normalised to UTC texts. */
export const timeRangeSchema = z.strictObject({ start: timestamp, end: timestamp }).refine(
  ({ start, end }) => !(epochMs(start) >= epochMs(end)),
  "a range with start before end",
);

const positiveInteger = z.int({ error: integerError }).gt(0);

const preselect = z.union([positiveInteger.max(preselectMax), z.literal("all")], integerOrAllText);

const instrument = z.strictObject({
  market_id: positiveInteger.max(65_535),
  symbol: z.string().trim().toUpperCase().min(1).max(symbolLengthMax).regex(
    symbolForm,
    "a symbol without spaces and * ? \" ' ` < > | \\ % ; , and not only of dots",
  ),
});

/** One indicator with its axes as sent; those left out come from the default grids. */
export const indicatorGridSchema = z.strictObject({
  indicator_id: nameSchema,
  params: boundedRecord(axisSchema).default({}),
  source: axisSchema.nullish(),
});

/** The indicators of a sweep. */
export const gridsSchema = boundedList(indicatorGridSchema, { min: 1, max: gridsMax });

const sentRiskGrid = z.strictObject({
  sl_enabled: z.boolean().optional(),
  tp_enabled: z.boolean().optional(),
  sl: axisSchema.nullish(),
  tp: axisSchema.nullish(),
  sl_pct: riskPct.nullish(),
  tp_pct: riskPct.nullish(),
}).superRefine((risk, context) => {
  for (const side of ["sl", "tp"] as const) {
    const enabled = risk[`${side}_enabled`];
    const sent = sentSide(risk, side);
    if (enabled === (sent !== null) || enabled === undefined) continue;
    const finding = enabled
      ? { path: [side], message: `sent, or ${side}_pct, when ${side}_enabled is true`, input: null }
      : { path: [`${side}_enabled`], message: `true or left out beside ${sent}`, input: enabled };
    context.addIssue({ code: "custom", ...finding });
  }
});

/** A side that is sent is on; a side without axis and scalar is off. */
const riskGrid = sentRiskGrid.transform(({ sl_enabled, tp_enabled, ...sent }) => ({
  sl_enabled: sl_enabled ?? sentSide(sent, "sl") !== null,
  tp_enabled: tp_enabled ?? sentSide(sent, "tp") !== null,
  ...sent,
}));

/** The member that holds a side's values; null where none does. */
function sentSide(
  risk: Omit<z.output<typeof sentRiskGrid>, "sl_enabled" | "tp_enabled">,
  side: "sl" | "tp",
): string | null {
  const names = [side, `${side}_pct`] as const;
  return names.find((name) => (risk[name] ?? null) !== null) ?? null;
}

/** The execution numbers as sent; those left out or null come from the config. */
export const executionSchema = z.strictObject({
  init_cash_quote: cashSchema.nullish(),
  fixed_quote: cashSchema.nullish(),
  safe_profit_percent: z.number().gte(0).lte(100).nullish(),
  fee_pct: costPct.nullish(),
  slippage_pct: costPct.nullish(),
});

const signalGrids = boundedRecord(boundedRecord(axisSchema));

/** A template as sent, with model defaults filled in and null members kept. */
export const templateSchema = z.strictObject({
  instrument_id: instrument,
  timeframe: z.enum(timeframes),
  indicator_grids: gridsSchema,
  signal_grids: signalGrids.nullish().transform((grids) => grids ?? {}),
  risk_grid: riskGrid.nullish(),
  direction_mode: z.enum(directionModes).nullish(),
  sizing_mode: z.enum(sizingModes).nullish(),
  execution: executionSchema.nullish(),
});

const overrides = z.strictObject({
  direction_mode: z.enum(directionModes).nullish(),
  sizing_mode: z.enum(sizingModes).nullish(),
  execution: executionSchema.nullish(),
  risk_grid: riskGrid.nullish(),
  signal_grids: signalGrids.nullish(),
});

const ranking = z.strictObject({
  primary_metric: z.enum(rankingMetrics),
  secondary_metric: z.enum(rankingMetrics).nullish(),
  min_trades: positiveInteger.max(minTradesMax).nullish(),
}).superRefine(({ primary_metric, secondary_metric, min_trades }, context) => {
  if (secondary_metric === primary_metric) {
    context.addIssue({
      code: "custom",
      path: ["secondary_metric"],
      message: "another metric than primary_metric",
      input: secondary_metric,
    });
  }
  const metrics = { primary: primary_metric, secondary: secondary_metric ?? null };
  if (min_trades === null || min_trades === undefined || ranksByProfitFactor(metrics)) return;
  context.addIssue({
    code: "custom",
    path: ["min_trades"],
    message: "left out, or beside profit_factor as a metric: no other one reads it",
    input: min_trades,
  });
});

/**
 * A request body as sent, both modes, with model defaults filled in, times normalised to UTC and null members kept.
 * Which mode it names is not looked at.
 */
export const requestBodySchema = z.strictObject({
  time_range: timeRangeSchema,
  strategy_id: z.uuid().toLowerCase().nullish(),
  template: templateSchema.nullish(),
  overrides: overrides.nullish(),
  warmup_bars: positiveInteger.max(warmupBarsMax).nullish(),
  top_k: positiveInteger.max(rowsMax).nullish(),
  preselect: preselect.nullish(),
  top_trades_n: positiveInteger.max(rowsMax).nullish(),
  ranking: ranking.nullish(),
  fold_equal: z.boolean().nullish(),
});

/** NaN for a text that was refused already, which compares false with everything. */
function epochMs(text: string): number {
  return parseTimestamp(text) ?? NaN;
}

/** zod calls an integer field a number when what was sent is no number at all. */
function integerError(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === "invalid_type" ? integerText : undefined;
}
