import { type Trade, tradeMembers } from "../core/execution/mod.ts";
import type { Column } from "./table.ts";

const kinds: Readonly<Partial<Record<keyof Trade, Column["kind"]>>> = {
  trade_id: "integer",
  direction: "text",
  entry_bar_index: "integer",
  exit_bar_index: "integer",
  entry_ts: "text",
  exit_ts: "text",
  exit_reason: "text",
};

/** Trades with a column for each of their members, null where a stored trade lacks it. */
export function tradeTable(trades: readonly Trade[]): readonly Column[] {
  return tradeMembers.map((name) => ({
    name,
    kind: kinds[name] ?? "number",
    values: trades.map((trade) => trade[name] ?? null),
  }));
}
