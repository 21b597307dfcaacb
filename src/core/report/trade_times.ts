import { closeOf, type Timeline } from "../bars/mod.ts";
import type { Trade } from "../execution/mod.ts";

/** The trades with the times at which the bars of their entry and exit closed. */
export function withTimes(trades: readonly Trade[], timeline: Timeline): readonly Trade[] {
  const timeOf = (bar: number) => new Date(closeOf(timeline, bar)).toISOString();
  return trades.map(({ trade_id, direction, entry_bar_index, exit_bar_index, ...rest }) => ({
    trade_id,
    direction,
    entry_bar_index,
    exit_bar_index,
    entry_ts: timeOf(entry_bar_index),
    exit_ts: timeOf(exit_bar_index),
    ...rest,
  }));
}
