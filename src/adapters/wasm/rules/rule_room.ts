import { type PlannedRules, preparedRules } from "../../../core/rules/mod.ts";
import type { SessionInput } from "../session_input.ts";
import { ruleBars } from "./rule_bars.ts";
import type { RuleRoom } from "./rule_memory.ts";
import { rulePlanOf } from "./rule_plan.ts";

/** What the rules of a session need in memory, behind what it has itself. */
export function ruleRoom(
  planned: PlannedRules,
  { input, from }: { readonly input: SessionInput; readonly from: number },
): RuleRoom {
  const { prices, tsOpenMs, timeframeMs, tsCloseMs, further, maskBytesMax } = input;
  const plan = rulePlanOf(preparedRules(planned).rules);
  const series = {
    candles: { tsOpenMs, ...prices },
    timeframeMs,
    ...(tsCloseMs ? { tsCloseMs } : {}),
    columns: Object.fromEntries(further ?? []),
    dayStart: planned.dayStart,
  };
  return { plan, bars: ruleBars(series, plan.timeframes), bytesMax: maskBytesMax, from };
}
