import { preparedRules, type RulesSpec } from "../../src/core/rules/mod.ts";
import type { SweepInput } from "../../src/ports/compute.ts";
import type { Size } from "./benchmark.ts";
import { pairsInput, pairWindows } from "./workloads.ts";

const explicit = (values: readonly number[]) => ({ mode: "explicit", values }) as const;
const cross = (direction: "above" | "below") => `crosses_${direction}(ema(close, fast), ema(close, slow))`;

/** A sweep of rules over the bars of `pairs`. */
export function rulesInput(size: Size, spec: RulesSpec): SweepInput {
  const { timeline, plan } = pairsInput(size);
  const rules = { spec, timeframe: plan.timeframe, dayStart: null };
  const stageATotal = preparedRules(rules).rules.combinations.kept;
  return {
    timeline,
    plan: {
      ...plan,
      indicators: [],
      rules,
      stageATotal,
      shortlistTotal: stageATotal,
      stageBTotal: stageATotal,
    },
  };
}

/** Every pair of two exponential averages: long from one crossing to the other, and short likewise if `bothSides`. */
export function crossings(size: Size, { bothSides }: { readonly bothSides: boolean }): RulesSpec {
  const windows = explicit(pairWindows[size]);
  const [up, down] = [cross("above"), cross("below")];
  return {
    params: { fast: windows, slow: windows },
    long: { enter: up, exit: down },
    ...(bothSides ? { short: { enter: down, exit: up } } : {}),
  };
}

/** A parameter that moves nothing but a threshold. */
export function thresholds(values: number): RulesSpec {
  const level = explicit(Array.from({ length: values }, (_, i) => 30 + 40 * i / values));
  return {
    params: { level },
    long: { enter: "close > ema(close, 50) and rsi(close, 14) > level", exit: "close < ema(close, 50)" },
  };
}

/** About as many nodes as a strategy may have: 492 of 500. */
export function largestStrategy(): RulesSpec {
  const term = (i: number) =>
    `crosses_above(ema(close, ${i}), macd(close, 12, 26, ${i}).signal) or rsi(close, 14) * 2 > ${i}`;
  const thirteen = (from: number) => Array.from({ length: 13 }, (_, i) => term(from + i)).join(" and ");
  return { long: { enter: thirteen(5), exit: thirteen(18) } };
}

/** Ten million combinations, none of whose parameters a condition can do without. */
export function largestWhere(size: Size): RulesSpec {
  const upTo = (count: number) => explicit(Array.from({ length: count }, (_, i) => i + 1));
  const [long, short] = size === "full" ? [100, 10] : [12, 6];
  return {
    params: { a: upTo(long), b: upTo(long), c: upTo(long), d: upTo(short) },
    where: ["a < b", "a + b * d < 40 * c or c > b", "min(a, c) / d != 7"],
    long: { enter: "ema(close, a + 1) > ema(close, b + 1) + c * d" },
  };
}
