/** Which sides may be opened. A forbidden side's signal still closes the other. */
export type DirectionMode = "long-only" | "short-only" | "long-short";

/** How much quote goes into an entry; see `docs/execution.md`. */
export type SizingMode = "all_in" | "fixed_quote" | "strategy_compound" | "strategy_compound_profit_lock";

/** All direction modes, in the order error messages list them. */
export const directionModes: readonly DirectionMode[] = ["long-only", "short-only", "long-short"];

/** All sizing modes, in the order error messages list them. */
export const sizingModes: readonly SizingMode[] = [
  "all_in",
  "fixed_quote",
  "strategy_compound",
  "strategy_compound_profit_lock",
];

/** The five numbers of the account, all in force. Percentages are human percent: 0.075 is 0.075 %. */
export interface ExecutionSettings {
  readonly init_cash_quote: number;
  readonly fixed_quote: number;
  readonly safe_profit_percent: number;
  readonly fee_pct: number;
  readonly slippage_pct: number;
}

/** Stop and target of one variant, in percent of the entry fill; null where the side is off. */
export interface RiskSettings {
  readonly sl_enabled: boolean;
  readonly sl_pct: number | null;
  readonly tp_enabled: boolean;
  readonly tp_pct: number | null;
}

/** The risk of a base variant: neither stop nor target. */
export const noRisk: RiskSettings = { sl_enabled: false, sl_pct: null, tp_enabled: false, tp_pct: null };

/** All exit reasons. */
export const exitReasons = ["signal_exit", "sl", "tp", "forced_close", "ruin"] as const;

/** Why a trade was closed: `ruin` where the account, marked at that close, was worth nothing or less. */
export type ExitReason = typeof exitReasons[number];

/** One closed trade, members in the order in which they are stored and shown. */
export interface Trade {
  readonly trade_id: number;
  readonly direction: "long" | "short";
  readonly entry_bar_index: number;
  readonly exit_bar_index: number;
  /** Close of the entry bar, ISO 8601 in UTC; absent in trades that a release without it stored. */
  readonly entry_ts?: string;
  /** Close of the exit bar, likewise. */
  readonly exit_ts?: string;
  readonly entry_fill_price: number;
  readonly exit_fill_price: number;
  readonly qty_base: number;
  readonly entry_quote_amount: number;
  readonly exit_quote_amount: number;
  readonly entry_fee_quote: number;
  readonly exit_fee_quote: number;
  readonly gross_pnl_quote: number;
  readonly net_pnl_quote: number;
  readonly locked_profit_quote: number;
  readonly exit_reason: ExitReason;
}

/** Members of a trade in the order in which they are shown; a stored trade may have lost it, or two of them. */
export const tradeMembers: readonly (keyof Trade)[] = [
  "trade_id",
  "direction",
  "entry_bar_index",
  "exit_bar_index",
  "entry_ts",
  "exit_ts",
  "entry_fill_price",
  "exit_fill_price",
  "qty_base",
  "entry_quote_amount",
  "exit_quote_amount",
  "entry_fee_quote",
  "exit_fee_quote",
  "gross_pnl_quote",
  "net_pnl_quote",
  "locked_profit_quote",
  "exit_reason",
];

/** What the exact replay of one variant gives. */
export interface Replay {
  readonly trades: readonly Trade[];
  readonly total_return_pct: number;
  readonly equity_end_quote: number;
  readonly available_quote: number;
  readonly safe_quote: number;
}
