import { compareCodePoints } from "../text/mod.ts";
import { ruleParams } from "../rules/mod.ts";
import type { Axis } from "./axis.ts";
import { axisPositions, decodeStageA, type IndexedPlan } from "./grid.ts";
import type { SweepPlan } from "./plan.ts";
import { ruleAxisName } from "./rule_axis_name.ts";

/** The variants that were folded into a kept one because their trades are equal to its own. */
export interface SameAs {
  /** How many, the kept one not counted; > 0. */
  readonly count: number;
  /**
   * Parameters in which they differ from the kept one or each other, with the lowest and the highest value among them;
   * sources with all their names. Sorted by name, and named as heatmaps name them: `ma.sma.window`, `momentum.rsi.signal.long_threshold`,
   * `sl_pct`.
   */
  readonly params: Readonly<Record<string, SameRange>>;
}

/** Lowest and highest value; of sources all names, sorted. */
export type SameRange = readonly [lowest: number, highest: number] | readonly string[];

/** A variant by its indexes. */
export interface SamePoint {
  readonly stageAIndex: number;
  readonly riskIndex: number;
}

interface NamedValue {
  readonly name: string;
  readonly value: number | string | null;
}

/** Gathers what is the same as one kept variant, in any order. Its memory does not grow with how many they are. */
export class SameAsCount {
  readonly #plan: SweepPlan;
  readonly #kept: readonly NamedValue[];
  readonly #values: readonly Set<number | string | null>[];
  #count = 0;

  constructor(plan: SweepPlan, kept: SamePoint) {
    this.#plan = plan;
    this.#kept = namedValues(plan, kept);
    this.#values = this.#kept.map(() => new Set());
  }

  /** Counts a variant, which is not the kept one. */
  add(point: SamePoint): void {
    this.#count++;
    namedValues(this.#plan, point).forEach(({ value }, i) => {
      const values = this.#values[i]!;
      values.add(value);
      if (typeof value === "number" && values.size > 2) keepEnds(values as Set<number>);
    });
  }

  /** What was counted; null for nothing. */
  get result(): SameAs | null {
    if (this.#count === 0) return null;
    const params = this.#kept.flatMap(({ name, value }, i): [string, SameRange][] => {
      const values = [...this.#values[i]!];
      if (values.length === 1 && values[0] === value) return [];
      if (typeof value === "string") return [[name, (values as string[]).sort()]];
      return [[name, [Math.min(...values as number[]), Math.max(...values as number[])]]];
    });
    return inSameAsOrder({ count: this.#count, params: Object.fromEntries(params) });
  }
}

/** The members in their usual order, which a database need not keep. */
export function inSameAsOrder({ count, params }: SameAs): SameAs {
  const sorted = Object.entries(params).sort(([a], [b]) => compareCodePoints(a, b));
  return { count, params: Object.fromEntries(sorted) };
}

function keepEnds(values: Set<number>): void {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  values.clear();
  values.add(low).add(high);
}

/** Every parameter of a variant, in the order of the plan. */
function namedValues(
  plan: IndexedPlan & Pick<SweepPlan, "risk" | "rules">,
  { stageAIndex, riskIndex }: SamePoint,
): NamedValue[] {
  const { compute, signal } = decodeStageA(plan, stageAIndex);
  const of = (axes: readonly Axis[], { index, prefix }: { index: number; prefix: string }) => {
    const positions = axisPositions(axes, index);
    return axes.map(({ name, values }, i) => ({ name: `${prefix}.${name}`, value: values[positions[i]!]! }));
  };
  const indicators = plan.indicators.flatMap(({ indicatorId, axes, signalAxes }, i) => [
    ...of(axes, { index: compute[i]!, prefix: indicatorId }),
    ...of(signalAxes, { index: signal[i]!, prefix: `${indicatorId}.signal` }),
  ]);
  const rules = plan.rules === undefined ? [] : Object.entries(ruleParams(plan.rules, stageAIndex));
  const { sl, tp } = plan.risk;
  return [
    ...indicators,
    ...rules.map(([name, value]) => ({ name: ruleAxisName(name), value })),
    { name: "sl_pct", value: sl[Math.floor(riskIndex / tp.length)]! },
    { name: "tp_pct", value: tp[riskIndex % tp.length]! },
  ];
}
