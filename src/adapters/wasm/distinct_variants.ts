import type { SweepPlan } from "../../core/grid/mod.ts";
import { distinctRule, preparedRules } from "../../core/rules/mod.ts";
import { maskChoices, type MaskPlan } from "./mask_plan.ts";

/** Base variants told apart by what they score on: those that differ in inert axes only share a number. */
export interface DistinctVariants {
  /** How many numbers there are. */
  readonly count: number;
  /** Whether any two variants share a number. */
  readonly shared: boolean;
  of(stageAIndex: number): number;
}

/** Numbers the combinations of mask pairs of a plan. */
export function distinctVariants(maskPlan: MaskPlan, plan: SweepPlan): DistinctVariants {
  if (plan.rules !== undefined) {
    const prepared = preparedRules(plan.rules);
    const { count } = prepared.used;
    return { count, shared: count < plan.stageATotal, of: (index) => distinctRule(prepared, index) };
  }
  const { indicators } = maskPlan;
  const radixes = indicators.map(({ series, rules }) => series.count * rules.count);
  const count = radixes.reduce((total, radix) => total * radix, 1);
  return {
    count,
    shared: count < plan.stageATotal,
    of: (stageAIndex) =>
      maskChoices(maskPlan, { plan, stageAIndex })
        .reduce((number, { key }, i) => number * radixes[i]! + key - indicators[i]!.firstKey, 0),
  };
}

/** Items of a batch grouped by number. */
export interface Alike {
  /** Positions at which a number occurs first, ascending. */
  readonly firsts: readonly number[];
  /** Per item, which of `firsts` has its number. */
  readonly groups: readonly number[];
}

/** Groups items by their numbers. */
export function groupAlike(numbers: readonly number[]): Alike {
  const groupOf = new Map<number, number>();
  const firsts: number[] = [];
  const groups = numbers.map((number, position) => {
    const known = groupOf.get(number);
    if (known !== undefined) return known;
    groupOf.set(number, firsts.length);
    return firsts.push(position) - 1;
  });
  return { firsts, groups };
}
