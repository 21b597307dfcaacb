import { compileRules } from "../../src/core/rules/mod.ts";
import { Evaluator } from "../oracle/expressions/evaluate.ts";
import type { PlainBars } from "./plain_bars.ts";

/** Values of an expression on every bar, by the oracle of expressions. Throws what is wrong with the text. */
export function valuesOf(
  text: string,
  { bars, timeframe }: { readonly bars: PlainBars; readonly timeframe: string },
): readonly number[] {
  const { rules, faults } = compileRules({ long: { enter: `known(${text})` } }, { timeframe });
  if (rules === null) throw new Error(`${text}: ${faults[0]?.message}`);
  const { openMs, closeMs, ...candles } = bars;
  const evaluator = new Evaluator({ candles, openMs, closeMs, columns: {} }, {});
  return evaluator.series(rules.long!.enter.args[0]!);
}

/** A value of arithmetic as documents write it: numbers, `+ - * /` and parentheses. */
export function calculated(text: string): number {
  const { rules, faults } = compileRules({ long: { enter: `close > ${text}` } }, { timeframe: "1d" });
  if (rules === null) throw new Error(`${text}: ${faults[0]?.message}`);
  const none: PlainBars = { openMs: [], closeMs: [], open: [], high: [], low: [], close: [], volume: [] };
  const { openMs, closeMs, ...candles } = none;
  return new Evaluator({ candles, openMs, closeMs, columns: {} }, {}).number(rules.long!.enter.args[1]!);
}

/** How far a number may be from the text that shows it: a unit of its last digit. */
export function unitOf(text: string): number {
  return 10 ** -(text.split(".")[1]?.length ?? 0);
}
