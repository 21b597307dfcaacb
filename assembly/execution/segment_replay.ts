import {
  OUTCOME_AVAILABLE,
  OUTCOME_BAD_BAR,
  OUTCOME_SAFE,
  REASON_FORCED,
  SEGMENT_ENTRY,
  SEGMENT_EXIT,
  SEGMENT_SIDE,
  SEGMENT_STRIDE,
  SIDE_LONG,
  TRADE_ENTRY_FILL,
  TRADE_SIDE,
  TRADE_STRIDE,
} from "../layout.ts";
import { f32At, field, intField, putField, recordAt } from "../memory.ts";
import { skipQuiet } from "../sweep/level_hits.ts";
import { initCash, stake, stakeMax } from "./account.ts";
import { exitReason, levelReason, signalAt } from "./replay.ts";
import { ruinBar } from "./ruin.ts";
import { accountOf, closeOf } from "./slice.ts";
import { closeTrade, openTrade } from "./trade.ts";

/**
 * Trades segments `[from, to)` of a variant's list and returns how many trades they made, or -1 when a fill is
 * impossible. The trades, at most one per segment, are written from the start of `trades`. The account is opened at
 * segment 0 and kept in the outcome, so a list can be traded in pages from the first segment to the last.
 *
 * Equal to `replay` in every bit: a run of one signal opens at most one trade, on its first bar, and only stop, target
 * and ruin can end that before the run does. So nothing is looked at but the closes inside a trade.
 */
export function replaySegments(
  slice: usize,
  segments: usize,
  from: i32,
  to: i32,
  longMask: usize,
  shortMask: usize,
  stop: f64,
  target: f64,
  trades: usize,
  outcome: usize,
): i32 {
  const close = closeOf(slice);
  const account = accountOf(slice);
  assert(from >= 0);
  if (from == 0) {
    putField(outcome, OUTCOME_AVAILABLE, initCash(account));
    putField(outcome, OUTCOME_SAFE, 0);
    putField(outcome, OUTCOME_BAD_BAR, -1);
  }
  let count = 0;
  for (let k = from; k < to; k++) {
    const segment = recordAt(segments, k, SEGMENT_STRIDE);
    const entry = intField(segment, SEGMENT_ENTRY);
    const available = field(outcome, OUTCOME_AVAILABLE);
    const quote = stake(available, stakeMax(account));
    if (!(quote > 0.0)) continue;
    const trade = recordAt(trades, count, TRADE_STRIDE);
    const side = intField(segment, SEGMENT_SIDE);
    if (!openTrade(trade, side, entry, f32At(close, entry), quote, account, outcome)) return -1;
    const hit = firstHit(trade, close, entry + 1, intField(segment, SEGMENT_EXIT), stop, target);
    const fill = field(trade, TRADE_ENTRY_FILL);
    const safe = field(outcome, OUTCOME_SAFE);
    const exit = ruinBar(slice, side, entry + 1, hit, fill, quote, available, safe);
    const price = f32At(close, exit);
    // nothing but the end of the slice ends a trade on its entry bar
    let reason = exit == entry
      ? 0
      : exitReason(trade, price, signalAt(longMask, shortMask, exit), stop, target, outcome);
    // a signal that goes on where its segment ends does so because the slice ends there
    if (reason == 0) reason = REASON_FORCED;
    if (!closeTrade(trade, exit, price, reason, account, outcome)) return -1;
    count++;
  }
  return count;
}

/** First bar in `[from, last)` whose close ends the trade by stop or target, or `last`. */
function firstHit(trade: usize, close: usize, from: i32, last: i32, stop: f64, target: f64): i32 {
  if (stop == Infinity && target == Infinity) return last;
  const side = field(trade, TRADE_SIDE) as i32;
  const fill = field(trade, TRADE_ENTRY_FILL);
  const floor = fill * (1.0 - (side == SIDE_LONG ? stop : target));
  const ceiling = fill * (1.0 + (side == SIDE_LONG ? target : stop));
  let t = from;
  while (t < last) {
    // rounding the thresholds to f32 keeps order, so no hit is skipped; the exact comparison decides about the rest
    t = skipQuiet(close, t, last, floor as f32, ceiling as f32);
    const end = min<i32>(t + 4, last);
    for (; t < end; t++) {
      if (levelReason(trade, f32At(close, t), stop, target) != 0) return t;
    }
  }
  return last;
}
