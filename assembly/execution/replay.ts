import {
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_SAFE,
  REASON_FORCED,
  REASON_RUIN,
  REASON_SIGNAL,
  REASON_STOP,
  REASON_TARGET,
  SIDE_LONG,
  SIDE_SHORT,
  TRADE_ENTRY_FILL,
  TRADE_ENTRY_QUOTE,
  TRADE_QUANTITY,
  TRADE_SIDE,
  TRADE_STRIDE,
} from "../layout.ts";
import { bitAt, f32At, field, putField, recordAt } from "../memory.ts";
import { initCash, stake, stakeMax } from "./account.ts";
import { markedEquity } from "./ruin.ts";
import { accountOf, barsOf, closeOf } from "./slice.ts";
import { closeTrade, openTrade } from "./trade.ts";

/**
 * Trades one variant bar by bar, as an oracle for everything that is faster. Returns how many trades it made, or -1 when
 * a fill is impossible. On each bar: stop or target of an open position (the stop wins), ruin, exit by any other signal,
 * none of them on the entry bar; entry on a change of the signal; close on the last bar. Final cash, and the bar of an
 * impossible fill, are in the outcome.
 *
 * Trades `[skip, skip + capacity)` are written to `trades`, which has room for `capacity + 1` records; call again with
 * a larger `skip` for the rest. Stop and target are fractions of the entry fill, infinite for "off". The slice needs no
 * tables.
 */
export function replay(
  slice: usize,
  longMask: usize,
  shortMask: usize,
  stop: f64,
  target: f64,
  skip: i32,
  capacity: i32,
  trades: usize,
  outcome: usize,
): i32 {
  const close = closeOf(slice);
  const bars = barsOf(slice);
  const account = accountOf(slice);
  assert(bars >= 0 && skip >= 0 && capacity >= 1);
  putField(outcome, OUTCOME_AVAILABLE, initCash(account));
  putField(outcome, OUTCOME_SAFE, 0);
  putField(outcome, OUTCOME_BAD_BAR, -1);
  let count = 0;
  let trade: usize = 0;
  let held = 0;
  let previous = 0;
  for (let t = 0; t < bars; t++) {
    const price = f32At(close, t);
    const signal = signalAt(longMask, shortMask, t);
    if (held != 0) {
      const reason = exitReason(trade, price, signal, stop, target, outcome);
      if (reason != 0) {
        if (!closeTrade(trade, t, price, reason, account, outcome)) return -1;
        held = 0;
      }
    }
    if (held == 0 && signal != 0 && signal != previous) {
      const quote = stake(field(outcome, OUTCOME_AVAILABLE), stakeMax(account));
      if (quote > 0.0) {
        const kept = count >= skip && count < skip + capacity;
        trade = recordAt(trades, kept ? count - skip : capacity, TRADE_STRIDE);
        if (!openTrade(trade, signal, t, price, quote, account, outcome)) return -1;
        held = signal;
        count++;
      }
    }
    if (held != 0 && t == bars - 1) {
      if (!closeTrade(trade, t, price, REASON_FORCED, account, outcome)) return -1;
    }
    previous = signal;
  }
  return count;
}

/** Why the open trade ends on a bar with this close and signal, 0 when it goes on. */
export function exitReason(
  trade: usize,
  price: f64,
  signal: i32,
  stop: f64,
  target: f64,
  outcome: usize,
): i32 {
  const level = levelReason(trade, price, stop, target);
  if (level != 0) return level;
  const side = field(trade, TRADE_SIDE) as i32;
  const equity = markedEquity(
    side,
    field(outcome, OUTCOME_AVAILABLE),
    field(outcome, OUTCOME_SAFE),
    field(trade, TRADE_ENTRY_QUOTE),
    field(trade, TRADE_QUANTITY) * price,
  );
  if (equity <= 0.0) return REASON_RUIN;
  return signal != side ? REASON_SIGNAL : 0;
}

/** Whether the open trade ends by its stop or its target at this close, 0 when neither is reached. */
export function levelReason(trade: usize, price: f64, stop: f64, target: f64): i32 {
  const entryFill = field(trade, TRADE_ENTRY_FILL);
  const side = field(trade, TRADE_SIDE) as i32;
  if (side == SIDE_LONG) {
    if (stop < Infinity && price <= entryFill * (1.0 - stop)) return REASON_STOP;
    if (target < Infinity && price >= entryFill * (1.0 + target)) return REASON_TARGET;
  } else {
    if (stop < Infinity && price >= entryFill * (1.0 + stop)) return REASON_STOP;
    if (target < Infinity && price <= entryFill * (1.0 - target)) return REASON_TARGET;
  }
  return 0;
}

/** Side of a bar's signal, 0 for neutral. */
export function signalAt(longMask: usize, shortMask: usize, bar: i32): i32 {
  if (bitAt(longMask, bar) != 0) return SIDE_LONG;
  return bitAt(shortMask, bar) != 0 ? SIDE_SHORT : 0;
}
