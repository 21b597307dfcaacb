import { entryFactor, feeRate, stake, stakeMax } from "../execution/account.ts";
import { ruinBar, ruinCeiling, ruinFloor } from "../execution/ruin.ts";
import { accountOf, barsOf, closeOf, ordersOf, ruinBlocksOf } from "../execution/slice.ts";
import { SIDE_LONG, SIDE_SHORT } from "../layout.ts";
import { bytesOf, f32At, f32LanesAt, i32At, putF32, putI32, recordAt, wordsOf } from "../memory.ts";
import { skipQuiet } from "./level_hits.ts";
import { openFactor } from "./orders.ts";
import { barAt, CHUNK_BARS, exitRow, sideAt } from "./trade_lists.ts";

// Where a position could ruin an account at all, told once for a slice, so that scoring need not read the bars between
// entry and exit. An account with cash or savings beside the stake is farther from ruin than one without, so what holds
// for all cash and nothing put aside holds for every sizing. The few trades that come so far are looked at bar by bar.
//
// Two i32 per block of 64 bars, for a long and for a short: the first bar of the first block with a close that could ruin
// a position opened in the block, NEVER where there is none. Behind them: whether there is one for any block, and for
// every chunk of the trade lists, whether there is one in the chunk for a block of it.

const BLOCK_BITS = 6;
const NEVER: i32 = 0x7fffffff;

/** Elements for the blocks of that many bars, and for that of the bars behind them that a list of trades may name. */
function blockCells(bars: i32): i32 {
  return (wordsOf(bars) + 1) << 1;
}

/** Bytes of the ruin blocks of that many bars. */
export function ruinBytes(bars: i32): f64 {
  return bytesOf(blockCells(bars) + 2 + bars / CHUNK_BARS, 4);
}

/** Bytes that `writeRuinBlocks` works with. */
export function ruinWorkBytes(bars: i32): f64 {
  return bytesOf(wordsOf(bars), 16);
}

/** Whether any position in the slice could ruin an account. */
export function anyRuin(slice: usize): bool {
  return i32At(ruinBlocksOf(slice), blockCells(barsOf(slice))) != 0;
}

/** Whether a position opened in the chunk that starts at bar `first` could ruin an account in that chunk. */
export function chunkRuin(slice: usize, first: i32): bool {
  return i32At(ruinBlocksOf(slice), blockCells(barsOf(slice)) + 1 + first / CHUNK_BARS) != 0;
}

/**
 * Whether a position opened at bar `entry` at `fill` could ruin an account at a bar before `to`. Returns the first such
 * bar, or `to`.
 */
export function possibleRuin(slice: usize, side: i32, entry: i32, to: i32, fill: f64): i32 {
  const close = closeOf(slice);
  let t = max<i32>(i32At(ruinBlocksOf(slice), ((entry >> BLOCK_BITS) << 1) + side - SIDE_LONG), entry + 1);
  const fee = feeRate(accountOf(slice));
  const floor = side == SIDE_LONG ? ruinFloor(fill, fee, 0.0) : -Infinity;
  const ceiling = side == SIDE_LONG ? Infinity : ruinCeiling(fill, fee, 0.0);
  while (t < to) {
    t = skipQuiet(close, t, to, floor as f32, ceiling as f32);
    const end = min<i32>(t + 4, to);
    for (; t < end; t++) {
      const price = f32At(close, t);
      if (price <= floor || price >= ceiling) return t;
    }
  }
  return to;
}

/**
 * Lets a listed trade of an account with `available` and `safe` end where it is ruined: its exit is then that bar.
 */
export function leaveAtRuin(
  slice: usize,
  entries: usize,
  lane: i32,
  available: f64,
  safe: f64,
): void {
  const entry = barAt(entries, lane);
  const exits = exitRow(entries);
  const exit = barAt(exits, lane);
  const side = sideAt(entries, lane);
  const account = accountOf(slice);
  const from = i32At(ruinBlocksOf(slice), ((entry >> BLOCK_BITS) << 1) + side - SIDE_LONG);
  const quote = stake(available, stakeMax(account));
  if (from >= exit || !(quote > 0.0)) return;
  const fill = f32At(ordersOf(slice), entry) * openFactor(account, side);
  const first = max<i32>(from, entry + 1);
  const bar = ruinBar(slice, side, first, exit, fill, quote, available, safe);
  // a trade that leaves on its entry bar is not looked at there
  if (bar < exit) putI32(exits, lane, bar << 2);
}

/**
 * Writes the ruin blocks of an account.
 *
 * From the last block to the first, two stacks hold the blocks behind the current one whose highest close is above, and
 * whose lowest is below, that of all between: the first block to reach a bound is one of them.
 */
export function writeRuinBlocks(
  close: usize,
  bars: i32,
  account: usize,
  work: usize,
  ruinBlocks: usize,
): void {
  const cells = blockCells(bars);
  const blocks = wordsOf(bars);
  for (let i = 2 * blocks; i < cells; i++) putI32(ruinBlocks, i, NEVER);
  memory.fill(ruinBlocks + ((cells as usize) << 2), 0, (2 + bars / CHUNK_BARS) << 2);
  const fee = feeRate(account);
  const purchase = entryFactor(account, SIDE_LONG);
  const sale = entryFactor(account, SIDE_SHORT);
  const lows = work;
  const highs = recordAt(work, blocks, 8);
  let lowCount = 0;
  let highCount = 0;
  for (let block = blocks - 1; block >= 0; block--) {
    const from = block << BLOCK_BITS;
    const range = closeRange(close, from, min<i32>(from + 64, bars));
    const lowest = f32x4.extract_lane(range, 0);
    // the lowest with its sign changed, of prices with their sign changed, is the highest
    lowCount = push(lows, lowCount, from, lowest);
    const negative = f32x4.extract_lane(range, 1);
    highCount = push(highs, highCount, from, negative);
    const highest = -negative as f64;
    const long = firstWithin(lows, lowCount, ruinFloor(highest * purchase, fee, 0.0));
    const short = firstWithin(highs, highCount, -ruinCeiling((lowest as f64) * sale, fee, 0.0));
    putI32(ruinBlocks, 2 * block, long);
    putI32(ruinBlocks, 2 * block + 1, short);
    const first = min<i32>(long, short);
    if (first == NEVER) continue;
    putI32(ruinBlocks, cells, 1);
    const chunk = from / CHUNK_BARS;
    if (first / CHUNK_BARS == chunk) putI32(ruinBlocks, cells + 1 + chunk, 1);
  }
}

// A stack has a bar and a value, i32 and f32, per entry: towards its bottom bars grow and values fall.

function push(stack: usize, count: i32, bar: i32, value: f32): i32 {
  let kept = count;
  while (kept > 0 && f32At(stack, 2 * kept - 1) >= (value as f64)) kept--;
  putI32(stack, 2 * kept, bar);
  putF32(stack, 2 * kept + 1, value as f64);
  return kept + 1;
}

/** The nearest bar of a stack whose value is at or below a bound, NEVER when there is none. */
function firstWithin(stack: usize, count: i32, bound: f64): i32 {
  if (!(f32At(stack, 1) <= bound)) return NEVER;
  let reaches = 0;
  let misses = count;
  while (misses - reaches > 1) {
    const middle = (reaches + misses) >> 1;
    if (f32At(stack, 2 * middle + 1) <= bound) reaches = middle;
    else misses = middle;
  }
  return i32At(stack, 2 * reaches);
}

/** Lowest close of `[from, to)`, and the highest with its sign changed, in two f32 lanes; missing closes are left out. */
function closeRange(close: usize, from: i32, to: i32): v128 {
  let lows = f32x4.splat(Infinity as f32);
  let highs = f32x4.splat(Infinity as f32);
  let t = from;
  for (; t + 4 <= to; t += 4) {
    const prices = f32LanesAt(close, t);
    lows = f32x4.pmin(lows, prices);
    highs = f32x4.pmin(highs, f32x4.neg(prices));
  }
  for (; t < to; t++) {
    const price = f32x4.splat(f32At(close, t) as f32);
    lows = f32x4.pmin(lows, price);
    highs = f32x4.pmin(highs, f32x4.neg(price));
  }
  const first = f32x4.pmin(
    v128.shuffle<f32>(lows, highs, 0, 4, 0, 4),
    v128.shuffle<f32>(lows, highs, 1, 5, 1, 5),
  );
  const second = f32x4.pmin(
    v128.shuffle<f32>(lows, highs, 2, 6, 2, 6),
    v128.shuffle<f32>(lows, highs, 3, 7, 3, 7),
  );
  return f32x4.pmin(first, second);
}
