import { estimateMemoryBytes, materializeAxis, saturate, sizesText } from "../core/grid/mod.ts";
import { indicatorAxes, requestedIndicators } from "./indicators.ts";
import { riskPctMax } from "../core/limits/mod.ts";
import { z } from "zod";
import { axisSchema } from "./axis.ts";
import { epochRange, timeRangeSchema } from "./body.ts";
import { timeframeSchema } from "../schema/timeframe.ts";
import { bodyOf } from "./parse.ts";
import { gridsSchema } from "./template.ts";
import { withoutNulls } from "./without_nulls.ts";
import type { DefaultGrids } from "./default_grids.ts";
import { product } from "../core/numbers/mod.ts";
import { BacktestError, gather, refusal } from "../core/errors/mod.ts";
import { barGrid, timeframeMs } from "../core/bars/mod.ts";

/** The body of an estimate as sent. */
const estimateBodySchema = z.strictObject({
  timeframe: timeframeSchema,
  time_range: timeRangeSchema,
  indicators: gridsSchema,
  risk: z.strictObject({ sl: axisSchema, tp: axisSchema }),
});

/** A grid to be costed before it is run. */
export type EstimateRequest = z.output<typeof estimateBodySchema>;

/** The body of an estimate. */
export const estimateBody = bodyOf(estimateBodySchema);

/** What a grid would cost. */
export interface GridEstimate {
  /** Indicator variants times stops times targets; signal axes are not counted. */
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
  const indicators = requestedIndicators(withoutNulls(request.indicators), {
    path: "body.indicators",
    scored: false,
  });
  const sizes = gather(
    indicators.map((indicator) => () => indicatorAxes(indicator, limits).sizes),
  );
  const variants = sizes.map((axes) => Number(product(axes.map(({ values }) => values))));
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
  const totalVariants = saturate(product([...variants, ...risks]));
  if (totalVariants > limits.maxVariants) {
    const risk = [{ name: "sl_pct", values: risks[0]! }, { name: "tp_pct", values: risks[1]! }];
    const tail = sizesText([...sizes.flat(), ...risk.map((axis) => ({ ...axis, byDefault: false }))]);
    throw tooManyVariants({ total: totalVariants, max: limits.maxVariants, tail });
  }
  const estimatedMemoryBytes = estimateMemoryBytes(
    { indicators: variants.map((count) => ({ variants: count })) },
    bars,
  );
  if (estimatedMemoryBytes > limits.maxBytes) {
    throw tooManyBytes({ bytes: estimatedMemoryBytes, max: limits.maxBytes, tail: sizesText(sizes.flat()) });
  }
  return { totalVariants, estimatedMemoryBytes };
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
