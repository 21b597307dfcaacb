import type { Trade } from "./execution.ts";

/**
 * Trades of one variant in trade-id order, a column per figure of {@link Trade}. Half a million trades are a few dozen
 * megabytes of columns, and many times that as objects. Columns may be longer than `count`; what is behind means nothing.
 */
export interface TradeColumns {
  readonly count: number;
  /** 1 for a short, 0 for a long. */
  readonly short: Uint8Array<ArrayBuffer>;
  readonly entryBar: Int32Array<ArrayBuffer>;
  readonly exitBar: Int32Array<ArrayBuffer>;
  readonly quantity: Float64Array<ArrayBuffer>;
  readonly entryQuote: Float64Array<ArrayBuffer>;
  readonly entryFee: Float64Array<ArrayBuffer>;
  readonly exitFee: Float64Array<ArrayBuffer>;
  readonly gross: Float64Array<ArrayBuffer>;
  readonly net: Float64Array<ArrayBuffer>;
  readonly locked: Float64Array<ArrayBuffer>;
}

/** How many of the trades are shorts. */
export function shortTrades({ count, short }: TradeColumns): number {
  let shorts = 0;
  for (let i = 0; i < count; i++) shorts += short[i]!;
  return shorts;
}

/** Columns for `length` trades, none of them written. */
export function emptyTradeColumns(length: number): TradeColumns {
  const column = () => new Float64Array(length);
  return {
    count: 0,
    short: new Uint8Array(length),
    entryBar: new Int32Array(length),
    exitBar: new Int32Array(length),
    quantity: column(),
    entryQuote: column(),
    entryFee: column(),
    exitFee: column(),
    gross: column(),
    net: column(),
    locked: column(),
  };
}

/** The columns of a list of trades. */
export function tradeColumns(trades: readonly Trade[]): TradeColumns {
  const columns = { ...emptyTradeColumns(trades.length), count: trades.length };
  trades.forEach((trade, i) => {
    columns.short[i] = trade.direction === "short" ? 1 : 0;
    columns.entryBar[i] = trade.entry_bar_index;
    columns.exitBar[i] = trade.exit_bar_index;
    columns.quantity[i] = trade.qty_base;
    columns.entryQuote[i] = trade.entry_quote_amount;
    columns.entryFee[i] = trade.entry_fee_quote;
    columns.exitFee[i] = trade.exit_fee_quote;
    columns.gross[i] = trade.gross_pnl_quote;
    columns.net[i] = trade.net_pnl_quote;
    columns.locked[i] = trade.locked_profit_quote;
  });
  return columns;
}
