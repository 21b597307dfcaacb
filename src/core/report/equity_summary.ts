import { eachEquityRun, type EquityRunsInput, markEquity } from "./equity_runs.ts";

/** What a report tells of how much of the time, and of the money, was in the market. */
export interface EquitySummary {
  /** Bars at whose close a position was held: from a trade's entry bar to the bar before its exit. */
  readonly heldBars: number;
  /** The same bars and those on which a position was only closed, or opened and closed. */
  readonly touchedBars: number;
  /** Sum over all bars of the quote bound by the bar's latest trade over its equity; not finite where that is 0. */
  readonly exposureSum: number;
}

/**
 * Writes the equity at every bar close of the slice into `equity` and sums up the rest of the curve, without the columns
 * of `equityCurve`: a report is made for every winner over every bar.
 */
export function summarizeEquity(
  equity: Float64Array<ArrayBuffer>,
  input: EquityRunsInput,
): EquitySummary {
  const { trades, timeline: { candles, slice } } = input;
  const close = candles.close.subarray(slice.start, slice.stop);
  let heldBars = 0;
  let touchedBars = 0;
  let exposureSum = 0;
  eachEquityRun(input, (run) => {
    markEquity(equity, { run, trades, close });
    const { from, to, open, covering } = run;
    if (covering < 0) return;
    touchedBars += to - from;
    if (open >= 0) heldBars += to - from;
    exposureSum = addExposure(exposureSum, { equity, bound: trades.entryQuote[covering]!, from, to });
  });
  return { heldBars, touchedBars, exposureSum };
}

function addExposure(
  sum: number,
  { equity, bound, from, to }: {
    readonly equity: Float64Array;
    readonly bound: number;
    readonly from: number;
    readonly to: number;
  },
): number {
  for (let i = from; i < to; i++) sum += bound / equity[i]!;
  return sum;
}
