import type { SweepPlan } from "./plan.ts";
import { type AxisSize, sizesText } from "./axis_sizes.ts";
import type { Preselect } from "../ranking/mod.ts";
import { BacktestError } from "../errors/mod.ts";
import { ruleCacheBytes } from "../limits/mod.ts";
import { type PlannedRules, preparedRules, ruleSizes } from "../rules/mod.ts";

/** What the config lets a sweep cost. */
export interface GuardBudgets {
  /** Variants of one stage, inclusive. */
  readonly maxVariants: number;
  /** Variants of the whole product with `preselect: "all"`, inclusive. */
  readonly maxVariantsExhaustive: number;
  /** Estimated bytes, inclusive. */
  readonly maxBytes: number;
}

/** The variant limit a request falls under. */
export function variantsMax(
  preselect: Preselect,
  budgets: Pick<GuardBudgets, "maxVariants" | "maxVariantsExhaustive">,
): number {
  return preselect === "all" ? budgets.maxVariantsExhaustive : budgets.maxVariants;
}

/** What a sweep may cost. */
export interface GuardLimits {
  /** Variants of one stage, or of the whole product in a plan that expands all, inclusive. */
  readonly maxVariants: number;
  /** Estimated bytes, inclusive. */
  readonly maxBytes: number;
  /** Bars with warm-up; null while the candles are not loaded, which skips the memory check. */
  readonly bars: number | null;
}

/**
 * Refuses a sweep that is too large, in this order: Stage A variants, memory, Stage B variants; a sweep that expands all
 * by its whole product, then memory. Throws `validation_error` with the figures in its details.
 */
export function checkGuards(plan: SweepPlan, limits: GuardLimits): void {
  const { maxVariants, maxBytes, bars } = limits;
  const of = (kind: AxisSize["kind"]) => plan.axisSizes.filter((axis) => axis.kind === kind);
  const stageA = [...of("compute"), ...of("signal")];
  if (plan.expandsAll) checkProduct(plan.stageBTotal, { maxVariants, axes: plan.axisSizes });
  else checkStage("stage_a", { total: plan.stageATotal, maxVariants, axes: stageA });
  if (bars !== null) {
    checkMemory(
      plan.rules === undefined ? estimateMemoryBytes(plan, bars) : estimateRuleBytes(plan.rules, bars),
      {
        maxBytes,
        axes: of("compute"),
      },
    );
  }
  if (!plan.expandsAll) {
    const shortlist = { name: "preselect", values: plan.shortlistTotal, byDefault: false };
    const axes = plan.axisSizes.length === 0 ? [] : [shortlist, ...of("risk")];
    checkStage("stage_b", { total: plan.stageBTotal, maxVariants, axes });
  }
}

/** A limit and what a message says was multiplied to get beyond it. */
export interface VariantLimit {
  readonly maxVariants: number;
  readonly axes: readonly NamedSize[];
}

type NamedSize = Pick<AxisSize, "name" | "values" | "byDefault">;

/** Refuses a sweep with `preselect: "all"` whose whole product has more than `maxVariants` variants. */
export function checkProduct(total: bigint | number, { maxVariants, axes }: VariantLimit): void {
  if (total <= maxVariants) return;
  throw new BacktestError(
    "validation_error",
    `Backtest variants guard exceeded: preselect "all" scores ${countText(total)} variants, ` +
      `guards.max_variants_exhaustive allows ${maxVariants}${sizesText(axes)}`,
    {
      details: {
        error: "max_variants_exhaustive_exceeded",
        max_variants_exhaustive: maxVariants,
        stage: "stage_b",
        total_variants: saturate(BigInt(total)),
      },
    },
  );
}

/** Refuses a stage with more than `maxVariants` variants; a total beyond 2^53 - 1 is reported as that. */
export function checkStage(
  stage: "stage_a" | "stage_b",
  options: VariantLimit & { readonly total: bigint | number },
): void {
  const { total, maxVariants, axes } = options;
  if (total <= maxVariants) return;
  const figures = axes.length === 0
    ? ""
    : `: ${countText(total)} variants, ${maxVariants} are allowed${sizesText(axes)}`;
  throw new BacktestError("validation_error", `Backtest variants guard exceeded${figures}`, {
    details: {
      error: "max_variants_per_compute_exceeded",
      max_variants_per_compute: maxVariants,
      stage,
      total_variants: saturate(BigInt(total)),
    },
  });
}

const digitsMax = 30;

/** A number of variants as a message says it; of one with hundreds of digits nobody reads more than the first. */
function countText(count: bigint | number): string {
  const digits = String(count);
  if (digits.length <= digitsMax) return digits;
  return `about ${digits[0]}.${digits.slice(1, 3)}e${digits.length - 1}`;
}

/** Refuses one indicator whose compute axes alone exceed the limit. */
export function checkIndicator(variants: bigint, { maxVariants, axes }: VariantLimit): void {
  if (variants <= maxVariants) return;
  const message =
    `variants exceed guard: variants=${countText(variants)}, max_variants_guard=${maxVariants}` +
    sizesText(axes);
  throw new BacktestError("validation_error", message);
}

/**
 * Bytes a sweep over `bars` bars is taken to need: the candles (five f32 columns and a time), one f32 series per
 * indicator variant, and a fifth of that, at least 64 MiB, in reserve. Signal and risk axes cost nothing.
 */
export function estimateMemoryBytes(
  plan: { readonly indicators: readonly { readonly variants: number }[] },
  bars: number,
): number {
  const series = plan.indicators.reduce((sum, indicator) => sum + bars * indicator.variants * 4, 0);
  return withReserve(bars * 28 + series);
}

/**
 * The same for rules: the candles, all distinct series of one variant, and the masks of all variants, as many as are
 * cached.
 */
export function estimateRuleBytes(planned: PlannedRules, bars: number): number {
  const { series, masks } = ruleSizes(preparedRules(planned).rules);
  const cache = Math.min(ruleCacheBytes, masks.in_all * Math.ceil(bars / 8));
  return withReserve(bars * 28 + bars * series.per_variant * 4 + cache);
}

function withReserve(bytes: number): number {
  return bytes + Math.max(64 * 1024 * 1024, Math.ceil(bytes * 0.2));
}

/** A count as a number that is still exact; counts beyond that are all the same to a guard. */
export function saturate(count: bigint): number {
  return count < Number.MAX_SAFE_INTEGER ? Number(count) : Number.MAX_SAFE_INTEGER;
}

function checkMemory(
  estimatedBytes: number,
  { maxBytes, axes }: { readonly maxBytes: number; readonly axes: readonly NamedSize[] },
): void {
  if (estimatedBytes <= maxBytes) return;
  const figures = axes.length === 0
    ? ""
    : `: ${estimatedBytes} bytes, ${maxBytes} are allowed${sizesText(axes)}`;
  throw new BacktestError("validation_error", `Backtest memory guard exceeded${figures}`, {
    details: {
      error: "max_compute_bytes_total_exceeded",
      estimated_memory_bytes: estimatedBytes,
      max_compute_bytes_total: maxBytes,
      stage: "stage_a",
    },
  });
}
