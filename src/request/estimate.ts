import {
  type AxisSize,
  estimateMemoryBytes,
  estimateRuleBytes,
  materializeAxis,
  saturate,
  sizesText,
} from "../core/grid/mod.ts";
import { indicatorAxes, requestedIndicators } from "./indicators.ts";
import { riskPctMax } from "../core/limits/mod.ts";
import { z } from "zod";
import { axisSchema } from "./axis.ts";
import { epochRange, timeRangeSchema } from "./body.ts";
import { timeframeSchema } from "../schema/timeframe.ts";
import { bodyOf } from "./parse.ts";
import { paramSizes, planRules, type TemplateRules } from "./rules.ts";
import { gridsSchema, rulesSchema } from "./template.ts";
import { preparedRules } from "../core/rules/mod.ts";
import { withoutNulls } from "./without_nulls.ts";
import type { DefaultGrids } from "./default_grids.ts";
import { product } from "../core/numbers/mod.ts";
import { BacktestError, gather, refusal } from "../core/errors/mod.ts";
import { barGrid, timeframeMs } from "../core/bars/mod.ts";

/** The body of an estimate as sent. */
const estimateBodySchema = z.strictObject({
  timeframe: timeframeSchema,
  time_range: timeRangeSchema,
  indicators: gridsSchema.nullish(),
  /** In place of indicators. */
  rules: rulesSchema.nullish(),
  risk: z.strictObject({ sl: axisSchema, tp: axisSchema }),
}).superRefine(({ indicators, rules }, context) => {
  const [hasGrids, hasRules] = [indicators, rules].map((form) => (form ?? null) !== null);
  if (hasGrids !== hasRules) return;
  const found = hasGrids ? { message: "left out beside rules", input: indicators } : {
    message: "a list that is not empty, or rules beside it",
    input: undefined,
    params: { code: "required" },
  };
  context.addIssue({ code: "custom", path: ["indicators"], ...found });
});

/** A grid to be costed before it is run. */
export type EstimateRequest = z.output<typeof estimateBodySchema>;

/** The body of an estimate. */
export const estimateBody = bodyOf(estimateBodySchema);

/** What a grid would cost. */
export interface GridEstimate {
  /** Indicator variants, or kept combinations of rules, times stops times targets; signal axes are not counted. */
  readonly totalVariants: number;
  /** See `estimateMemoryBytes`; warm-up is not counted. */
  readonly estimatedMemoryBytes: number;
}

/** The config's side of an estimate: the default grids and the full budgets. */
export interface EstimateLimits {
  readonly defaults: DefaultGrids;
  readonly maxVariants: number;
  readonly maxBytes: number;
}

/**
 * Counts a grid without enumerating or computing it. Throws `validation_error`: with items for what is wrong in the
 * request or a range that is no whole number of bars, with the guard's figures for a grid beyond the budgets.
 */
export function estimateGrid(request: EstimateRequest, limits: EstimateLimits): GridEstimate {
  const bars = wholeBars(request);
  const base = request.rules
    ? rulesCost(withoutNulls(request.rules), { request, bars })
    : gridsCost(request, { limits, bars });
  const risks = gather((["sl", "tp"] as const).map((name) => () => {
    const rules = {
      name,
      kind: "float",
      min: 0,
      max: riskPctMax,
      owner: "risk",
      path: `body.risk.${name}`,
    } as const;
    return materializeAxis(request.risk[name], rules).values.length;
  }));
  const totalVariants = saturate(product([...base.variants, ...risks]));
  if (totalVariants > limits.maxVariants) {
    const risk = [{ name: "sl_pct", values: risks[0]! }, { name: "tp_pct", values: risks[1]! }];
    const tail = sizesText([...base.sizes, ...risk.map((axis) => ({ ...axis, byDefault: false }))]);
    throw tooManyVariants({ total: totalVariants, max: limits.maxVariants, tail });
  }
  const estimatedMemoryBytes = base.bytes;
  if (estimatedMemoryBytes > limits.maxBytes) {
    throw tooManyBytes({ bytes: estimatedMemoryBytes, max: limits.maxBytes, tail: sizesText(base.sizes) });
  }
  return { totalVariants, estimatedMemoryBytes };
}

/** What base variants cost. */
interface BaseCost {
  /** Factors of how many there are. */
  readonly variants: readonly number[];
  readonly bytes: number;
  readonly sizes: readonly AxisSize[];
}

function gridsCost(
  request: EstimateRequest,
  { limits, bars }: { readonly limits: EstimateLimits; readonly bars: number },
): BaseCost {
  const indicators = requestedIndicators(withoutNulls(request.indicators ?? []), {
    path: "body.indicators",
    scored: false,
  });
  const sizes = gather(
    indicators.map((indicator) => () => indicatorAxes(indicator, limits).sizes),
  );
  const variants = sizes.map((axes) => Number(product(axes.map(({ values }) => values))));
  return {
    variants,
    bytes: estimateMemoryBytes({ indicators: variants.map((count) => ({ variants: count })) }, bars),
    sizes: sizes.flat(),
  };
}

/** Kept combinations, as the guards count them. */
function rulesCost(
  rules: TemplateRules,
  { request: { timeframe }, bars }: { readonly request: EstimateRequest; readonly bars: number },
): BaseCost {
  const planned = planRules(rules, { timeframe, path: "body.rules" });
  const prepared = preparedRules(planned).rules;
  return {
    variants: [prepared.combinations.kept],
    bytes: estimateRuleBytes(planned, bars),
    sizes: paramSizes(prepared),
  };
}

function wholeBars({ timeframe, time_range }: EstimateRequest): number {
  const { startMs, endMs } = epochRange(time_range);
  const bars = timeframe === "1M" ? months(startMs, endMs) : (endMs - startMs) / timeframeMs(timeframe);
  if (Number.isInteger(bars)) return bars;
  const message = `time_range must be a whole number of ${timeframe} bars, got ${bars}`;
  throw refusal([{ path: "body.time_range", code: "value_error", message }]);
}

/** No whole number where an end lies inside of a month. */
function months(startMs: number, endMs: number): number {
  const { bucketAt } = barGrid("1M", null);
  const count = (endMs - startMs) / timeframeMs("1M");
  return [startMs, endMs].every((ms) => bucketAt(ms).openMs === ms) ? Math.round(count) : count;
}

/** What was exceeded, by what, and by which axes. */
interface Excess {
  readonly max: number;
  readonly tail: string;
}

function tooManyVariants({ total, max, tail }: Excess & { readonly total: number }): BacktestError {
  const message = `variants guard exceeded: total_variants=${total} > max_variants_per_compute=${max}${tail}`;
  return new BacktestError("validation_error", message, {
    details: {
      error: "max_variants_per_compute_exceeded",
      total_variants: total,
      max_variants_per_compute: max,
    },
  });
}

function tooManyBytes({ bytes, max, tail }: Excess & { readonly bytes: number }): BacktestError {
  const message =
    `memory guard exceeded: estimated_memory_bytes=${bytes} > max_compute_bytes_total=${max}${tail}`;
  return new BacktestError("validation_error", message, {
    details: {
      error: "max_compute_bytes_total_exceeded",
      estimated_memory_bytes: bytes,
      max_compute_bytes_total: max,
    },
  });
}
