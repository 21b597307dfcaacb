import { warning } from "../errors/mod.ts";
import type { Combination } from "./combinations.ts";
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

/** A text of a side that is not known on the first bars of a range. */
export interface UnknownAtStart {
  /** Such as `long.enter`. */
  readonly member: string;
  /** Canonical text of the part that it waits for: the text itself, or something in it. */
  readonly part: string;
  /** Bars from the first of the range on. */
  readonly bars: number;
  /** Parameters of the variant. */
  readonly params: Combination;
}

/** Says which texts are unknown when a range begins, each once: for the variant in which it is so the longest. */
export function unknownWarnings(
  found: readonly UnknownAtStart[],
  { bars: all }: { readonly bars: number },
): readonly string[] {
  const members = [...new Set(found.map(({ member }) => member))].sort();
  return members.map((member) => {
    const own = found.filter((one) => one.member === member);
    const longest = own.reduce((most, one) => one.bars > most.bars ? one : most);
    const { part, bars, params } = longest;
    const values = Object.entries(params).map(([name, value]) => `${name} = ${value}`).join(", ");
    const first = bars === all ? `all ${bars} bars` : bars === 1 ? "the first bar" : `the first ${bars} bars`;
    return warning(
      "rule_unknown_at_start",
      `${member} is unknown on ${first} of the range, as ${part} is${
        values === "" ? "" : ` with ${values}`
      }; a rule ` +
        "acts only where it is true, and more history before the range may make it known",
    );
  });
}
