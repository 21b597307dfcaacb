import type {
  DirectionMode,
  ExecutionSettings,
  ExitReason,
  Replay,
  RiskSettings,
  SizingMode,
  Trade,
} from "../../src/core/execution/mod.ts";
import type { Signal } from "./rules.ts";

/** What a variant is traded with. */
export interface EngineRun {
  readonly close: ArrayLike<number>;
  /** One per bar of the series. */
  readonly signals: readonly Signal[];
  readonly slice: { readonly start: number; readonly stop: number };
  readonly directionMode: DirectionMode;
  readonly sizingMode: SizingMode;
  readonly execution: ExecutionSettings;
  readonly risk: RiskSettings;
}

/** An open position. */
export interface Position {
  readonly direction: "long" | "short";
  readonly entryBar: number;
  readonly entryFill: number;
  readonly qty: number;
  readonly q: number;
  readonly feeIn: number;
}

/** The account after the last bar of a slice. */
export interface EngineAccount {
  readonly trades: readonly Trade[];
  readonly available: number;
  readonly safe: number;
  readonly position: Position | null;
}

/** Trades a variant bar by bar, as the rules are written down: exits by risk, ruin, exits by signal, entry, forced close. */
export function runEngine(run: EngineRun): Replay {
  const { trades, available, safe } = engineAccount(run, { closes: true });
  const equity = available + safe;
  return {
    trades,
    total_return_pct: (equity / run.execution.init_cash_quote - 1) * 100,
    equity_end_quote: equity,
    available_quote: available,
    safe_quote: safe,
  };
}

/** The same as far as the account; what is open after the last bar stays open unless it `closes`. */
export function engineAccount(
  run: EngineRun,
  { closes }: { readonly closes: boolean },
): EngineAccount {
  const { execution, slice } = run;
  let available = execution.init_cash_quote;
  let safe = 0;
  let position: Position | null = null;
  let previous: Signal = "N";
  let ruined = false;
  const trades: Trade[] = [];
  const close = (bar: number, reason: ExitReason) => {
    const trade = closedTrade(run, { position: position!, bar, reason, id: trades.length + 1 });
    const { entry_quote_amount: q, gross_pnl_quote: gross, exit_fee_quote: feeOut } = trade;
    available = available + q + gross - feeOut;
    available -= trade.locked_profit_quote;
    safe += trade.locked_profit_quote;
    trades.push(trade);
    position = null;
  };
  for (let t = slice.start; t < slice.stop; t++) {
    const signal = run.signals[t]!;
    const risk = position && riskExit(run, { position, price: run.close[t]! });
    if (risk) close(t, risk);
    if (markedEquity({ available, safe, position, price: run.close[t]! }) <= 0) {
      if (position) close(t, "ruin");
      ruined = true;
    }
    if (position && signal !== sideOf(position)) close(t, "signal_exit");
    if (!position && !ruined && signal !== previous && mayOpen(run.directionMode, signal)) {
      const q = size(run, available);
      if (q > 0) {
        const direction = signal === "L" ? "long" : "short";
        const entryFill = fill(run.close[t]!, execution.slippage_pct, direction === "long");
        const feeIn = q * (execution.fee_pct / 100);
        position = { direction, entryBar: t, entryFill, qty: q / entryFill, q, feeIn };
        available = available - q - feeIn;
      }
    }
    if (closes && position && t === slice.stop - 1) close(t, "forced_close");
    previous = signal;
  }
  return { trades, available, safe, position };
}

/**
 * What the account is worth at a close, without the costs of closing. The sum is that of a close without costs, term by
 * term, as equity of exactly 0 is a matter of the last bit.
 */
function markedEquity({ available, safe, position, price }: {
  readonly available: number;
  readonly safe: number;
  readonly position: Position | null;
  readonly price: number;
}): number {
  if (position === null) return available + safe;
  const { direction, qty, q } = position;
  const worth = qty * price;
  const gross = direction === "long" ? worth - q : q - worth;
  return available + q + gross + safe;
}

function closedTrade(
  { close, execution, sizingMode }: EngineRun,
  end: {
    readonly position: Position;
    readonly bar: number;
    readonly reason: ExitReason;
    readonly id: number;
  },
): Trade {
  const { direction, entryBar, entryFill, qty, q, feeIn } = end.position;
  const exitFill = fill(close[end.bar]!, execution.slippage_pct, direction === "short");
  const xq = qty * exitFill;
  const feeOut = xq * (execution.fee_pct / 100);
  const gross = direction === "long" ? xq - q : q - xq;
  const net = gross - feeIn - feeOut;
  const locks = sizingMode === "strategy_compound_profit_lock" && net > 0;
  return {
    trade_id: end.id,
    direction,
    entry_bar_index: entryBar,
    exit_bar_index: end.bar,
    entry_fill_price: entryFill,
    exit_fill_price: exitFill,
    qty_base: qty,
    entry_quote_amount: q,
    exit_quote_amount: xq,
    entry_fee_quote: feeIn,
    exit_fee_quote: feeOut,
    gross_pnl_quote: gross,
    net_pnl_quote: net,
    locked_profit_quote: locks ? net * (execution.safe_profit_percent / 100) : 0,
    exit_reason: end.reason,
  };
}

function riskExit(
  { risk }: EngineRun,
  { position, price }: { readonly position: Position; readonly price: number },
): ExitReason | null {
  const E = position.entryFill;
  const sl = risk.sl_enabled && risk.sl_pct !== null ? risk.sl_pct / 100 : null;
  const tp = risk.tp_enabled && risk.tp_pct !== null ? risk.tp_pct / 100 : null;
  if (position.direction === "long") {
    if (sl !== null && price <= E * (1 - sl)) return "sl";
    return tp !== null && price >= E * (1 + tp) ? "tp" : null;
  }
  if (sl !== null && price >= E * (1 + sl)) return "sl";
  return tp !== null && price <= E * (1 - tp) ? "tp" : null;
}

function size({ sizingMode, execution }: EngineRun, available: number): number {
  if (available <= 0) return 0;
  return sizingMode === "fixed_quote" ? Math.min(available, execution.fixed_quote) : available;
}

function fill(price: number, slippagePct: number, buys: boolean): number {
  return price * (buys ? 1 + slippagePct / 100 : 1 - slippagePct / 100);
}

function sideOf({ direction }: Position): Signal {
  return direction === "long" ? "L" : "S";
}

function mayOpen(mode: DirectionMode, signal: Signal): boolean {
  if (signal === "L") return mode !== "short-only";
  return signal === "S" && mode !== "long-only";
}
