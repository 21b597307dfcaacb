import type { Timeline } from "./candles.ts";
import type { Trade } from "./execution.ts";

/** The account at every bar close of the slice; all columns have one entry per slice bar. */
export interface EquityCurve {
  /** Bar close, epoch ms UTC. */
  readonly closeTsMs: Float64Array<ArrayBuffer>;
  /** Cash plus the open position marked at the raw close, in quote. */
  readonly equity: Float64Array<ArrayBuffer>;
  /** 1 from a trade's entry bar to its exit bar, both included. */
  readonly havePosition: Uint8Array<ArrayBuffer>;
  /** Quote bound by the bar's latest trade over the bar's equity; 0 without a trade, NaN where equity is 0. */
  readonly exposureFrac: Float64Array<ArrayBuffer>;
}

/** What a curve is rebuilt from. */
export interface EquityInput {
  /** In trade-id order, bar indexes inside the timeline's slice. */
  readonly trades: readonly Trade[];
  readonly timeline: Timeline;
  readonly initCash: number;
}

/**
 * Rebuilds the curve from the trades in one pass over the bars. Money moves in the order in which the engine moved it,
 * so the last value equals the replay's `equity_end_quote` to the last bit. Events of one bar are taken in trade-id
 * order, which on the last bar may be exit, entry, exit.
 */
export function equityCurve({ trades, timeline, initCash }: EquityInput): EquityCurve {
  const { slice, timeframeMs, candles } = timeline;
  const bars = slice.stop - slice.start;
  const curve: EquityCurve = {
    closeTsMs: candles.tsOpenMs.slice(slice.start, slice.stop),
    equity: new Float64Array(bars),
    havePosition: new Uint8Array(bars),
    exposureFrac: new Float64Array(bars),
  };
  for (let i = 0; i < bars; i++) curve.closeTsMs[i] += timeframeMs;

  const close = candles.close.subarray(slice.start, slice.stop);
  let available = initCash;
  let safe = 0;
  let next = 0;
  let open: Trade | null = null;
  for (let i = 0; i < bars;) {
    const bar = slice.start + i;
    let covering: Trade | null = open;
    while (true) {
      if (open !== null && open.exit_bar_index === bar) {
        available = available + open.entry_quote_amount + open.gross_pnl_quote - open.exit_fee_quote;
        available -= open.locked_profit_quote;
        safe += open.locked_profit_quote;
        open = null;
      }
      if (open !== null || next === trades.length || trades[next].entry_bar_index !== bar) break;
      open = covering = trades[next++];
      available = available - open.entry_quote_amount - open.entry_fee_quote;
    }
    // nothing happens between this bar and the next event
    const event = open?.exit_bar_index ?? trades[next]?.entry_bar_index ?? slice.stop;
    if (!(event > bar && event <= slice.stop)) {
      throw new RangeError(`Cannot rebuild equity after bar ${bar}: next trade event is on bar ${event}`);
    }
    const state = { cash: available + safe, open, close };
    markBars(curve, { ...state, covering, from: i, to: i + 1 });
    markBars(curve, { ...state, covering: open, from: i + 1, to: event - slice.start });
    i = event - slice.start;
  }
  return curve;
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly close: Float32Array;
  readonly cash: number;
  /** Held at the close of these bars. */
  readonly open: Trade | null;
  /** Held at some moment of these bars. */
  readonly covering: Trade | null;
}

function markBars(curve: EquityCurve, run: Run): void {
  const { from, to, cash, open, covering } = run;
  if (open === null) curve.equity.fill(cash, from, to);
  else markPosition(curve.equity, { ...run, open });
  if (covering === null) return;
  curve.havePosition.fill(1, from, to);
  const bound = covering.entry_quote_amount;
  const { equity, exposureFrac } = curve;
  for (let i = from; i < to; i++) exposureFrac[i] = equity[i] === 0 ? NaN : bound / equity[i];
}

// no exit fee, no slippage: what the position is worth, not what closing it would bring
function markPosition(equity: Float64Array, run: Run & { readonly open: Trade }): void {
  const { from, to, close, cash, open: { qty_base, entry_quote_amount, direction } } = run;
  if (direction === "long") {
    for (let i = from; i < to; i++) equity[i] = cash + qty_base * close[i];
  } else {
    for (let i = from; i < to; i++) {
      equity[i] = cash + (entry_quote_amount + (entry_quote_amount - qty_base * close[i]));
    }
  }
}
