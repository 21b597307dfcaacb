import type { Timeline } from "../bars/mod.ts";
import { type Trade, tradeMembers } from "../execution/mod.ts";
import { inMemberOrder } from "../text/mod.ts";
import { closeTimes } from "./equity.ts";

/** The trades with the times at which the bars of their entry and exit closed. */
export function withTimes(trades: readonly Trade[], timeline: Timeline): readonly Trade[] {
  const { slice: { start } } = timeline;
  const closes = closeTimes(timeline);
  const timeOf = (bar: number) => new Date(closes[bar - start]!).toISOString();
  return trades.map((trade) => {
    const times = { entry_ts: timeOf(trade.entry_bar_index), exit_ts: timeOf(trade.exit_bar_index) };
    return inMemberOrder({ ...trade, ...times }, tradeMembers);
  });
}
