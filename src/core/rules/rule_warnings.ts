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
