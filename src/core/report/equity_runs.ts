import type { Timeline } from "../bars/mod.ts";
import type { TradeColumns } from "../execution/mod.ts";

/** Bars `[from, to)` of the slice between two trade events. */
export interface EquityRun {
  readonly from: number;
  readonly to: number;
  /** Cash at the close of these bars, profit put aside included. */
  readonly cash: number;
  /** Trade held at the close of these bars, -1 for none. */
  readonly open: number;
  /** Trade held at some moment of these bars, -1 for none. */
  readonly covering: number;
}

/** What runs are read from. */
export interface EquityRunsInput {
  /** Bar indexes inside the timeline's slice. */
  readonly trades: TradeColumns;
  readonly timeline: Timeline;
  readonly initCash: number;
}

/**
 * Hands out the runs of the slice in time order, in one object that is used again. Money moves in the order in which the
 * engine moved it, so the last cash equals the replay's `equity_end_quote` to the last bit. Events of one bar are taken in
 * trade-id order, which on the last bar may be exit, entry, exit. Throws a RangeError where trades are not in order or
 * leave the slice.
 */
export function eachEquityRun(
  { trades, timeline: { slice }, initCash }: EquityRunsInput,
  take: (run: EquityRun) => void,
): void {
  const { count, entryBar, exitBar, entryQuote, entryFee, exitFee, gross, locked } = trades;
  const run = { from: 0, to: 0, cash: 0, open: -1, covering: -1 };
  let available = initCash;
  let safe = 0;
  let next = 0;
  let open = -1;
  for (let bar = slice.start; bar < slice.stop;) {
    let covering = open;
    while (true) {
      if (open >= 0 && exitBar[open] === bar) {
        available = available + entryQuote[open]! + gross[open]! - exitFee[open]!;
        available -= locked[open]!;
        safe += locked[open]!;
        open = -1;
      }
      if (open >= 0 || next === count || entryBar[next] !== bar) break;
      open = covering = next++;
      available = available - entryQuote[open]! - entryFee[open]!;
    }
    // nothing happens between this bar and the next event
    const event = open >= 0 ? exitBar[open]! : next < count ? entryBar[next]! : slice.stop;
    if (!(event > bar && event <= slice.stop)) {
      throw new RangeError(`Cannot rebuild equity after bar ${bar}: next trade event is on bar ${event}`);
    }
    run.cash = available + safe;
    run.open = open;
    run.from = bar - slice.start;
    run.to = event - slice.start;
    run.covering = open;
    if (covering !== open) {
      run.covering = covering;
      run.to = run.from + 1;
      take(run);
      run.covering = open;
      run.from = run.to;
      run.to = event - slice.start;
    }
    if (run.from < run.to) take(run);
    bar = event;
  }
}

/** Equity of a run's bars, written into its places of `equity`. */
export function markEquity(
  equity: Float64Array,
  { run: { from, to, cash, open }, trades, close }: {
    readonly run: EquityRun;
    readonly trades: TradeColumns;
    /** Closes of the slice. */
    readonly close: Float32Array;
  },
): void {
  if (open < 0) {
    // runs are short: a loop beats a call of fill()
    for (let i = from; i < to; i++) equity[i] = cash;
    return;
  }
  // no exit fee, no slippage: what the position is worth, not what closing it would bring
  const quantity = trades.quantity[open]!;
  const bound = trades.entryQuote[open]!;
  if (trades.short[open] === 0) {
    for (let i = from; i < to; i++) equity[i] = cash + quantity * close[i]!;
  } else {
    for (let i = from; i < to; i++) equity[i] = cash + (bound + (bound - quantity * close[i]!));
  }
}
