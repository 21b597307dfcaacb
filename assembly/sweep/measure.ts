import {
  afterOpen,
  exitQuote,
  feeRate,
  grossProfit,
  initCash,
  netProfit,
  stake,
  stakeMax,
} from "../execution/account.ts";
import { accountOf, closeOf, priceBlocksOf } from "../execution/slice.ts";
import {
  MEASURE_DRAWDOWN,
  MEASURE_FLAT_FROM,
  MEASURE_LOSS,
  MEASURE_PEAK,
  MEASURE_PROFIT,
  MEASURE_STRIDE,
  MEASURE_TRADES,
} from "../layout.ts";
import { field, putField, recordAt } from "../memory.ts";
import { foldBars, foldEquity, foldRange, maxDrawdown } from "./deepest_fall.ts";

// What a variant can be ranked by beside its return, taken down trade by trade: equal in every bit to what the report
// makes of the replay. Nothing is kept per bar.

/** Starts the records of some variants: the first peak is the initial cash. */
export function startMeasures(account: usize, measures: usize, count: i32): void {
  memory.fill(measures, 0, (count as usize) * (MEASURE_STRIDE as usize));
  for (let i = 0; i < count; i++) {
    putField(recordAt(measures, i, MEASURE_STRIDE), MEASURE_PEAK, initCash(account));
  }
}

/**
 * Takes down a trade that an account with `available` and `safe` is about to make, and the bars without position before
 * it. `low` and `high` are the extremes of the closes of bars `[entry, exit)`. Without cash there is no trade.
 */
export function measureTrade(
  slice: usize,
  measure: usize,
  available: f64,
  safe: f64,
  side: i32,
  entry: i32,
  exit: i32,
  entryFill: f64,
  exitFill: f64,
  low: f64,
  high: f64,
): void {
  const account = accountOf(slice);
  const quote = stake(available, stakeMax(account));
  if (!(quote > 0.0)) return;
  const quantity = quote / entryFill;
  const proceeds = exitQuote(quote, entryFill, exitFill);
  const entryFee = quote * feeRate(account);
  const net = netProfit(grossProfit(side, quote, proceeds), entryFee, proceeds * feeRate(account));
  putField(measure, MEASURE_TRADES, field(measure, MEASURE_TRADES) + 1.0);
  putField(measure, MEASURE_PROFIT, field(measure, MEASURE_PROFIT) + max<f64>(net, 0.0));
  putField(measure, MEASURE_LOSS, field(measure, MEASURE_LOSS) + min<f64>(net, 0.0));

  const peak = measure + MEASURE_PEAK;
  const depth = measure + MEASURE_DRAWDOWN;
  if (field(measure, MEASURE_FLAT_FROM) < (entry as f64)) foldEquity(available + safe, peak, depth);
  putField(measure, MEASURE_FLAT_FROM, exit as f64);
  if (entry == exit) return;
  const held = afterOpen(available, quote, entryFee) + safe;
  if (!foldRange(low, high, side, held, quote, quantity, peak, depth)) {
    foldBars(closeOf(slice), priceBlocksOf(slice), entry, exit, side, held, quote, quantity, peak, depth);
  }
}

/** Ends a record: `equity` is that of the last bar. Without bars there is no drawdown. */
export function endMeasure(measure: usize, equity: f64, bars: i32): void {
  const peak = measure + MEASURE_PEAK;
  const depth = measure + MEASURE_DRAWDOWN;
  if (bars > 0) foldEquity(equity, peak, depth);
  putField(measure, MEASURE_DRAWDOWN, bars > 0 ? maxDrawdown(peak, depth) : NaN);
}
