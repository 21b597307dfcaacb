import { SIDE_SHORT } from "../layout.ts";
import { f32At, f64At, putF64 } from "../memory.ts";
import { blockHigh, blockLow, nextBlock, wholeBlock } from "./price_range.ts";

// The deepest drawdown of an account at bar closes, `1 - equity / peak`, equal in every bit to the report's. `peak` and
// `depth` are addresses of one f64 each: the initial cash and 0 at the start.
//
// Within one position equity is a monotone function of the close, and rounding keeps it one. So the extremes of the
// closes give those of the equity exactly, and below a known peak the drawdown is deepest where equity is lowest.

/** Equity of one bar, or of any number of bars with the same equity. */
export function foldEquity(equity: f64, peak: usize, depth: usize): void {
  const top = max<f64>(f64At(peak, 0), equity);
  putF64(peak, 0, top);
  putF64(depth, 0, max<f64>(f64At(depth, 0), 1.0 - equity / top));
}

/**
 * A position held over bars whose closes reach from `low` to `high`. False, with nothing done, when these two do not
 * decide: equity reached a new peak, and fell so much that what came first matters.
 */
export function foldRange(
  low: f64,
  high: f64,
  side: i32,
  held: f64,
  quote: f64,
  quantity: f64,
  peak: usize,
  depth: usize,
): bool {
  const atLow = heldEquity(side, held, quote, quantity, low);
  const atHigh = heldEquity(side, held, quote, quantity, high);
  const lowest = min<f64>(atLow, atHigh);
  const highest = max<f64>(atLow, atHigh);
  const before = f64At(peak, 0);
  const deepest = f64At(depth, 0);
  const top = max<f64>(before, highest);
  const bound = 1.0 - lowest / top;
  if (highest > before && !(bound <= deepest && lowest >= 0.0)) return false;
  putF64(peak, 0, top);
  putF64(depth, 0, max<f64>(deepest, bound));
  return true;
}

/** A position held over bars `[entry, exit)`: block by block, and bar by bar where a block's extremes do not decide. */
export function foldBars(
  close: usize,
  blocks: usize,
  entry: i32,
  exit: i32,
  side: i32,
  held: f64,
  quote: f64,
  quantity: f64,
  peak: usize,
  depth: usize,
): void {
  let t = entry;
  while (t < exit) {
    const end = min<i32>(exit, nextBlock(t));
    const block = wholeBlock(t, end);
    const decided = block >= 0 &&
      foldRange(blockLow(blocks, block), blockHigh(blocks, block), side, held, quote, quantity, peak, depth);
    if (!decided) foldEachBar(close, t, end, side, held, quote, quantity, peak, depth);
    t = end;
  }
}

/** The drawdown of all bars folded so far as a fraction of the peak. NaN where it has no meaning: equity not finite. */
export function maxDrawdown(peak: usize, depth: usize): f64 {
  const top = f64At(peak, 0);
  const deepest = f64At(depth, 0);
  return top < Infinity && deepest < Infinity ? deepest : NaN;
}

/** What the account is worth at a close: cash plus position, without exit fee and slippage. */
export function heldEquity(side: i32, held: f64, quote: f64, quantity: f64, price: f64): f64 {
  const worth = quantity * price;
  return held + select<f64>(quote + (quote - worth), worth, side == SIDE_SHORT);
}

/** The same for two accounts; `shorts` has ones where the position is a short. */
export function heldEquityLanes(shorts: v128, held: v128, quote: v128, quantity: v128, prices: v128): v128 {
  const worth = f64x2.mul(quantity, prices);
  const owed = f64x2.add(quote, f64x2.sub(quote, worth));
  return f64x2.add(held, v128.bitselect(owed, worth, shorts));
}

function foldEachBar(
  close: usize,
  from: i32,
  to: i32,
  side: i32,
  held: f64,
  quote: f64,
  quantity: f64,
  peak: usize,
  depth: usize,
): void {
  let top = f64At(peak, 0);
  let deepest = f64At(depth, 0);
  let lowest: f64 = Infinity;
  for (let t = from; t < to; t++) {
    const equity = heldEquity(side, held, quote, quantity, f32At(close, t));
    if (equity > top) {
      deepest = max<f64>(deepest, 1.0 - lowest / top);
      top = equity;
      lowest = equity;
    } else {
      lowest = min<f64>(lowest, equity);
    }
  }
  putF64(peak, 0, top);
  putF64(depth, 0, max<f64>(deepest, 1.0 - lowest / top));
}
