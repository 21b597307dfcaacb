import { distinctRule, preparedRules, unknownWarnings } from "../core/rules/mod.ts";
import type { RuleProbe } from "../ports/rule_probe.ts";
import type { PreparedSweep } from "./prepare.ts";

/** Warns of rules of ranked variants that are unknown on the first bars of the range; empty without rules. */
export function ruleStartWarnings(
  winners: readonly { readonly stageAIndex: number }[],
  { sweep: { plan, timeline }, rules: probe }: {
    readonly sweep: Pick<PreparedSweep, "plan" | "timeline">;
    readonly rules: RuleProbe;
  },
): readonly string[] {
  const { rules } = plan;
  if (rules === undefined) return [];
  const prepared = preparedRules(rules);
  // variants with other stops, or other values of what no rule reads, have the same signal
  const distinct = new Map(
    winners.map(({ stageAIndex }) => [distinctRule(prepared, stageAIndex), stageAIndex] as const)
      .toReversed(),
  );
  const found = probe.unknownAtStart({ timeline, rules }, [...distinct.values()].toReversed());
  return unknownWarnings(found, { bars: timeline.slice.stop - timeline.slice.start });
}
