import type { ExitReason, Trade } from "../execution/mod.ts";
import { finiteOrNull } from "./finite.ts";

/** What an open position is worth. */
export interface Position {
  readonly side: "long" | "short";
  readonly qty_base: number;
  readonly entry_fill_price: number;
  /** Close of the bar it was entered on. */
  readonly entry_ts: string;
  /** Null where the bar has no close, as the percentage then is. */
  readonly value_quote: number | null;
  readonly unrealized_pct: number | null;
}

/** The account of a run at a close, in quote. */
export interface Portfolio {
  readonly available_quote: number;
  readonly safe_quote: number;
  /** Null where the bar has no close and a position is open. */
  readonly equity_quote: number | null;
  readonly position: Position | null;
}

/** What an account is rebuilt from. */
export interface AccountInput {
  /** In trade-id order; an exit after `bar` is one that has not happened. */
  readonly trades: readonly Trade[];
  readonly initCash: number;
  /** Bar in the series after whose actions the account is wanted; -1 for before all. */
  readonly bar: number;
  /** What it is marked with. */
  readonly close: number;
  /** Close of a bar in the series, epoch ms. */
  readonly closeMs: (bar: number) => number;
}

/**
 * The account after a bar. Money moves in the order in which the engine moved it, so the account at the end equals its own
 * to the last bit; an open position is marked at the raw close, without the costs of closing it.
 */
export function portfolioAt({ trades, initCash, bar, close, closeMs }: AccountInput): Portfolio {
  let available = initCash;
  let safe = 0;
  let open: Trade | null = null;
  for (const trade of trades) {
    if (trade.entry_bar_index > bar) break;
    available = available - trade.entry_quote_amount - trade.entry_fee_quote;
    if (trade.exit_bar_index > bar) {
      open = trade;
      break;
    }
    available = available + trade.entry_quote_amount + trade.gross_pnl_quote - trade.exit_fee_quote;
    available -= trade.locked_profit_quote;
    safe += trade.locked_profit_quote;
  }
  const money = { available_quote: available, safe_quote: safe };
  if (open === null) return { ...money, equity_quote: available + safe, position: null };
  const value = markedValue(open, close);
  return {
    ...money,
    equity_quote: finiteOrNull(available + safe + value),
    position: {
      side: open.direction,
      qty_base: open.qty_base,
      entry_fill_price: open.entry_fill_price,
      entry_ts: new Date(closeMs(open.entry_bar_index)).toISOString(),
      value_quote: finiteOrNull(value),
      unrealized_pct: finiteOrNull((value / open.entry_quote_amount - 1) * 100),
    },
  };
}

function markedValue(trade: Trade, close: number): number {
  const { direction, qty_base: quantity, entry_quote_amount: bound } = trade;
  return direction === "long" ? quantity * close : bound + (bound - quantity * close);
}

/** Why a position may close on a bar before its decision counts. */
export type DueExit = Extract<ExitReason, "sl" | "tp" | "ruin">;

/**
 * What the close of `bar` triggers by itself. Of trades made with the side before kept up to that bar, so that no change of
 * side closes one there.
 */
export function dueExit(trades: readonly Trade[], bar: number): DueExit | null {
  const last = trades.at(-1);
  if (last?.exit_bar_index !== bar) return null;
  const { exit_reason: reason } = last;
  return reason === "sl" || reason === "tp" || reason === "ruin" ? reason : null;
}

/** One change of the position. */
export interface Fill {
  /** Close of its bar. */
  readonly ts: string;
  readonly kind: "entry" | "exit";
  readonly side: "buy" | "sell";
  readonly reason: "entry" | ExitReason;
  readonly price: number;
  readonly qty_base: number;
  readonly quote: number;
  readonly fee_quote: number;
}

/** The fills of bars `[from, to)` of the series, in order. */
export function fillsOf(
  trades: readonly Trade[],
  { from, to, closeMs }: {
    readonly from: number;
    readonly to: number;
    readonly closeMs: AccountInput["closeMs"];
  },
): Fill[] {
  const within = (bar: number) => bar >= from && bar < to;
  const ts = (bar: number) => new Date(closeMs(bar)).toISOString();
  return trades.flatMap((trade) => {
    const long = trade.direction === "long";
    const fills: Fill[] = [];
    if (within(trade.entry_bar_index)) {
      fills.push({
        ts: ts(trade.entry_bar_index),
        kind: "entry",
        side: long ? "buy" : "sell",
        reason: "entry",
        price: trade.entry_fill_price,
        qty_base: trade.qty_base,
        quote: trade.entry_quote_amount,
        fee_quote: trade.entry_fee_quote,
      });
    }
    if (within(trade.exit_bar_index)) {
      fills.push({
        ts: ts(trade.exit_bar_index),
        kind: "exit",
        side: long ? "sell" : "buy",
        reason: trade.exit_reason,
        price: trade.exit_fill_price,
        qty_base: trade.qty_base,
        quote: trade.exit_quote_amount,
        fee_quote: trade.exit_fee_quote,
      });
    }
    return fills;
  });
}
