import type { CompiledSide } from "../../../core/rules/mod.ts";
import type { RuleValues } from "./rule_values.ts";

/** Where the long and short masks of a slice go. */
export interface SignalTarget {
  readonly slice: { readonly start: number; readonly stop: number };
  /** `SIDE_LONG`, `SIDE_SHORT` or both. */
  readonly sides: number;
  readonly long: number;
  readonly short: number;
}

/** Writes the long and short masks of the combination with this index: the same that built-in rules write. */
export function writeRuleSignal(
  values: RuleValues,
  { index, slice: { start, stop }, sides, long, short }: SignalTarget & { readonly index: number },
): void {
  values.choose(index);
  const { rules } = values.plan;
  const maskOf = (side: CompiledSide | null, which: "enter" | "exit") => {
    const node = side?.[which] ?? null;
    return node === null ? 0 : values.condition(node).yes;
  };
  const [longEnter, longExit] = [maskOf(rules.long, "enter"), maskOf(rules.long, "exit")];
  const [shortEnter, shortExit] = [maskOf(rules.short, "enter"), maskOf(rules.short, "exit")];
  values.kernels.ruleSignal(
    longEnter,
    longExit,
    shortEnter,
    shortExit,
    start,
    stop - start,
    sides,
    long,
    short,
  );
}
