import { warning } from "../errors/mod.ts";
import type { CompiledRules } from "./compile.ts";

/** What a reader of a strategy's results must know of its rules: parameters without effect, sides held for one bar. */
export function ruleWarnings({ unused, heldOneBar }: CompiledRules): readonly string[] {
  return [
    ...unused.map((name) =>
      warning("rule_param_unused", `no rule depends on ${name}; its variants are scored once`)
    ),
    ...heldOneBar.map((side) =>
      warning(
        "rule_held_one_bar",
        `${side} is entered on a crossing and has no exit, so it is held for one bar; exit: "false" holds it until ` +
          "the other side, a stop or the end",
      )
    ),
  ];
}

/** Says that no row of a result has a trade; empty where one has or may have, and without rows. */
export function tradeWarnings(
  rows: readonly { readonly metrics: { readonly trades: number | null } | null }[],
): readonly string[] {
  if (rows.length === 0 || rows.some(({ metrics }) => metrics?.trades !== 0)) return [];
  const these = rows.length === 1
    ? "this variant does not trade"
    : `none of these ${rows.length} variants trades`;
  const why = "on no bar of the range is an entry true, its exit not, and its side allowed";
  return [warning("rule_no_trades", `${these}: ${why}`)];
}
