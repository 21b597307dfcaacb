import { SIDE_LONG, SIDE_SHORT } from "../../../assembly/layout.ts";
import type { DirectionMode } from "../../core/execution/mod.ts";
import type { Kernels } from "./kernels.ts";
import { type MaskChoice, maskChoices, type MaskPlan } from "./mask_plan.ts";
import { createMaskSlots } from "./mask_slots.ts";
import type { SessionInput } from "./session_input.ts";
import type { SessionArena, SessionSizes } from "./session_memory.ts";

/** Writes the final masks of base variants. */
export interface VariantMasks {
  /** Puts the masks of a base variant into the regions `longMask` and `shortMask`. */
  combine(stageAIndex: number): void;
  /**
   * Makes the masks of up to `sizes.variants` base variants, and lists the long and the short mask of every indicator,
   * variant by variant, in the region `maskPairs`.
   */
  list(stageAIndexes: readonly number[]): void;
  /** The positions of many base variants in the order in which their masks are best made. */
  inOrder(stageAIndexes: readonly number[]): readonly number[];
}

/** What the masks are made of. */
export interface VariantMasksOptions {
  readonly kernels: Kernels;
  readonly input: SessionInput;
  readonly maskPlan: MaskPlan;
  readonly sizes: SessionSizes;
  readonly arena: SessionArena;
}

/** Sides that a variant may open. */
export const sidesOf: Readonly<Record<DirectionMode, number>> = {
  "long-only": SIDE_LONG,
  "short-only": SIDE_SHORT,
  "long-short": SIDE_LONG | SIDE_SHORT,
};

/** Makes series and masks when they are first needed; holds one series per indicator and as many masks as fit. */
export function createVariantMasks(options: VariantMasksOptions): VariantMasks {
  const { kernels, input, maskPlan, sizes, arena: { at } } = options;
  const { indicators } = maskPlan;
  const bars = input.slice.stop - input.slice.start;
  const slots = createMaskSlots(sizes.maskSlots);
  const pairs = new Uint32Array(kernels.memory.buffer, at.maskPairs, 2 * indicators.length * sizes.variants);
  const seriesHeld = new Int32Array(indicators.length).fill(-1);
  const slotAddress = (slot: number) => at.maskSlots + slot * 2 * sizes.maskBytes;
  const list = (stageAIndexes: readonly number[]) =>
    stageAIndexes.forEach((stageAIndex, v) => {
      maskChoices(maskPlan, { plan: input.plan, stageAIndex }).forEach((choice, i) => {
        const slot = slots.slotOf(choice.key, (empty) => {
          if (seriesHeld[i] !== choice.series) computeSeries(options, { indicator: i, choice });
          seriesHeld[i] = choice.series;
          computeMasks(options, { indicator: i, choice, target: slotAddress(empty) });
        });
        const pair = 2 * (v * indicators.length + i);
        pairs[pair] = slotAddress(slot);
        pairs[pair + 1] = slotAddress(slot) + sizes.maskBytes;
      });
    });
  return {
    list,
    inOrder: (stageAIndexes) => stageAIndexes.map((_, i) => i),
    combine(stageAIndex) {
      list([stageAIndex]);
      kernels.combineMasks(
        at.maskPairs,
        indicators.length,
        bars,
        sidesOf[input.plan.directionMode],
        at.longMask,
        at.shortMask,
      );
    },
  };
}

function computeSeries(
  { kernels, input, maskPlan, sizes, arena: { at, column } }: VariantMasksOptions,
  { indicator, choice }: { readonly indicator: number; readonly choice: MaskChoice },
): void {
  const { kernel, series, firstSeries } = maskPlan.indicators[indicator]!;
  const values = series.values(choice.series);
  const place = {
    column,
    target: at.series + firstSeries * sizes.columnBytes,
    scratch: at.scratch,
    bars: input.prices.close.length,
  };
  kernel.compute(kernels, values, place);
  kernel.computeSecond?.(kernels, values, { ...place, target: place.target + sizes.columnBytes });
}

function computeMasks(
  { kernels, input, maskPlan, sizes, arena: { at, column } }: VariantMasksOptions,
  options: { readonly indicator: number; readonly choice: MaskChoice; readonly target: number },
): void {
  const { rule, series, rules, firstSeries } = maskPlan.indicators[options.indicator]!;
  const first = at.series + firstSeries * sizes.columnBytes;
  const { start, stop } = input.slice;
  rule(kernels, {
    series: first,
    second: first + sizes.columnBytes,
    column,
    values: series.values(options.choice.series),
    params: rules.values(options.choice.rule),
    start,
    bars: stop - start,
    long: options.target,
    short: options.target + sizes.maskBytes,
  });
}
