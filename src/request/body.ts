import { z } from "zod";
import type { TimeRange } from "../core/bars/mod.ts";
import { preselectMax, rowsMax, timeLengthMax, warmupBarsMax } from "../core/limits/mod.ts";
import { minTradesMax, rankingMetrics, ranksByProfitFactor } from "../core/ranking/mod.ts";
import { formatTimestamp, parseTimeOrDate, parseTimestamp } from "../core/text/mod.ts";
import { integerOrAllText } from "../schema/zod_issues.ts";
import { optional, positiveInteger } from "./bounded.ts";
import {
  type BacktestTemplate,
  type EffectiveOverrides,
  effectiveOverridesSchema,
  effectiveTemplateSchema,
  type Overrides,
  overridesSchema,
  templateSchema,
} from "./template.ts";
import type { WithoutNulls } from "./without_nulls.ts";

type Body = WithoutNulls<z.output<typeof requestBodySchema>>;

/** The members of a request that do not say what is swept. Absent ones mean: take the default of the config. */
export type SentFrame = Omit<Body, "template" | "strategy_id" | "overrides">;

/** A request that brings its template along. */
export type TemplateRequest = SentFrame & { readonly template: BacktestTemplate };

/** A request for a saved strategy, which nobody has looked for yet. */
export type SavedRequest = SentFrame & { readonly strategy_id: string; readonly overrides?: Overrides };

/** A request that was accepted: the body with null members removed, model defaults filled in and times in UTC. */
export type SentRequest = TemplateRequest | SavedRequest;

/** A request with every default in force: what is run, and in template mode what is stored and hashed. */
export type EffectiveRequest = WithoutNulls<z.output<typeof effectiveRequestSchema>>;

/** What is stored and hashed of a request for a saved strategy. */
export type EffectiveSavedRequest = Omit<EffectiveRequest, "template"> & {
  readonly strategy_id: string;
  readonly overrides: EffectiveOverrides;
};

const timestamp = z.string().max(timeLengthMax)
  .refine((text) => parseTimeOrDate(text) !== null, {
    error: "a time with offset like 2026-01-01T00:00:00Z, or a date",
    params: { code: "datetime_parsing" },
  })
  .transform((text) => formatTimestamp(parseTimeOrDate(text)!));

/** A half-open range of times with offset, or dates, which are midnight UTC, normalised to UTC texts. */
export const timeRangeSchema = z.strictObject({ start: timestamp, end: timestamp }).refine(
  (range) => {
    const { startMs, endMs } = epochRange(range);
    return !(startMs >= endMs);
  },
  "a range with start before end",
);

/** A range in epoch ms; NaN for a text that was refused already, which compares false with everything. */
export function epochRange({ start, end }: z.output<typeof timeRangeSchema>): TimeRange {
  return { startMs: parseTimestamp(start) ?? NaN, endMs: parseTimestamp(end) ?? NaN };
}

/** Numbers with a default in the config; a request in force has them all. */
export const numbers = {
  warmup_bars: positiveInteger.max(warmupBarsMax),
  top_k: positiveInteger.max(rowsMax),
  preselect: z.union([positiveInteger.max(preselectMax), z.literal("all")], integerOrAllText),
  top_trades_n: positiveInteger.max(rowsMax),
};

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

/** Members that are stored and hashed only where they say something else than {@link usual}. So older hashes stay. */
const unusual = {
  /** Without it, and without one in the config: by total return. */
  ranking,
  /** Whether variants with equal trades are kept as one; usually not. */
  fold_equal: z.boolean(),
};

/** What leaving a member out means, so that saying it makes no other request. */
const usual: Readonly<Record<string, unknown>> = { fold_equal: false };

/** The members of a request that say something unusual. */
export function unusualOf(request: SentFrame): Pick<SentFrame, keyof typeof unusual> {
  const said = Object.entries(request).filter(([name, value]) => name in unusual && value !== usual[name]);
  return Object.fromEntries(said);
}

/**
 * A request body as sent, both modes, with model defaults filled in, times normalised to UTC and null members kept.
 * Which mode it names is not looked at.
 */
export const requestBodySchema = z.strictObject({
  time_range: timeRangeSchema,
  strategy_id: z.uuid().toLowerCase().nullish(),
  template: templateSchema.nullish(),
  overrides: overridesSchema.nullish(),
  ...optional({ ...numbers, ...unusual }),
});

/** What a job stores of a request with a template. */
export const effectiveRequestSchema = z.strictObject({
  time_range: timeRangeSchema,
  template: effectiveTemplateSchema,
  ...numbers,
  ...optional(unusual),
  /** Daily returns that make a year, where the config says so and it is not usual for the market's calendar. */
  days_per_year: z.number().gt(0).optional(),
});

/** What a job stores of a request for a saved strategy, beside its copy of that. */
export const effectiveSavedRequestSchema = effectiveRequestSchema.omit({ template: true }).extend({
  strategy_id: z.string().min(1),
  overrides: effectiveOverridesSchema,
});
