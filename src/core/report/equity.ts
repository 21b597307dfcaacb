import { closesOf, type Timeline } from "../bars/mod.ts";
import { type Trade, tradeColumns } from "../execution/mod.ts";
import { eachEquityRun, markEquity } from "./equity_runs.ts";

/** The account at every bar close of the slice; all columns have one entry per slice bar. */
export interface EquityCurve {
  /** Cash before the first bar, in quote. */
  readonly initCash: number;
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

/** Rebuilds the curve from the trades in one pass over the bars; see `eachEquityRun` for its order and errors. */
export function equityCurve({ trades, timeline, initCash }: EquityInput): EquityCurve {
  const { slice, candles } = timeline;
  const bars = slice.stop - slice.start;
  const curve: EquityCurve = {
    initCash,
    closeTsMs: closesOf(timeline),
    equity: new Float64Array(bars),
    havePosition: new Uint8Array(bars),
    exposureFrac: new Float64Array(bars),
  };
  const { equity, exposureFrac } = curve;
  const close = candles.close.subarray(slice.start, slice.stop);
  const columns = tradeColumns(trades);
  eachEquityRun({ trades: columns, timeline, initCash }, (run) => {
    markEquity(equity, { run, trades: columns, close });
    const { from, to, covering } = run;
    if (covering < 0) return;
    curve.havePosition.fill(1, from, to);
    const bound = columns.entryQuote[covering]!;
    for (let i = from; i < to; i++) exposureFrac[i] = equity[i] === 0 ? NaN : bound / equity[i]!;
  });
  return curve;
}
