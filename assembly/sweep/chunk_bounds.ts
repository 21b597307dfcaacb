import { feeRate, stakeMax } from "../execution/account.ts";
import { afterOpenLanes, stakeLanes } from "../execution/account_lanes.ts";
import { ROOM } from "../execution/ruin.ts";
import { accountOf, barsOf, closeOf, ordersOf, priceBlocksOf } from "../execution/slice.ts";
import { SIDE_LONG, SIDE_SHORT } from "../layout.ts";
import { bytesOf, f64At, f64LanesAt, putF64Lanes, putI32, recordAt } from "../memory.ts";
import {
  MeasuredAccounts,
  PAIR_BYTES,
  PAIR_CASH,
  PAIR_COUNT,
  PAIR_HIGHEST,
  PAIR_LOWEST,
  PAIR_MADE,
  PAIR_OPEN,
  PAIR_SAFE,
} from "./accounts.ts";
import { heldEquityLanes } from "./deepest_fall.ts";
import { openFactor } from "./orders.ts";
import { priceRange } from "./price_range.ts";
import { entryCloses, shortLanes } from "./row_lanes.ts";
import { CHUNK_BARS, entryRow, openEntry } from "./trade_lists.ts";

// What is known of a variant's equity in a chunk of bars once it was walked: bounds, and what it takes to look at it again.
// See docs/kernels.md for why no equity, as rounded as it is, lies beyond them.

// Offsets in the record of a chunk of two variants: two f64 each, but for the entries, two i32.

/** The account before the first trade that ends in the chunk. */
export const CHUNK_CASH = 0;
export const CHUNK_SAFE = 16;
/** Entry of the position held at the first bar, as in the lists; -1 when there is none. */
export const CHUNK_ENTRY = 32;
/** No equity at a bar of the chunk is below or above these. */
export const CHUNK_LOW = 48;
export const CHUNK_HIGH = 64;
/** Not 0 once the upper bound is the highest equity itself, or the initial cash where that is more. */
export const CHUNK_KNOWN = 80;
const RECORD_BYTES = 96;

/** Chunks of that many bars. */
export function chunksOf(bars: i32): i32 {
  return (bars + CHUNK_BARS - 1) / CHUNK_BARS;
}

/** Bytes of the records of all chunks of so many pairs of variants. */
export function chunkBytes(pairs: i32, bars: i32): f64 {
  return (chunksOf(bars) as f64) * bytesOf(pairs, RECORD_BYTES);
}

/** The record of a chunk and a pair of variants. */
export function chunkAt(accounts: MeasuredAccounts, chunk: i32, pair: i32): usize {
  return recordAt(accounts.chunks, chunk * accounts.count + pair, RECORD_BYTES);
}

/** Takes down how things stand before the chunk is listed. */
export function openChunk(accounts: MeasuredAccounts, first: i32): void {
  const chunk = first / CHUNK_BARS;
  for (let pair = 0; pair < accounts.count; pair++) {
    const record = chunkAt(accounts, chunk, pair);
    const account = recordAt(accounts.pairs, pair, PAIR_BYTES);
    const entries = entryRow(accounts.lists, pair, 0);
    const cash = f64LanesAt(account + PAIR_CASH, 0);
    putF64Lanes(record + CHUNK_CASH, 0, cash);
    putF64Lanes(record + CHUNK_SAFE, 0, f64LanesAt(account + PAIR_SAFE, 0));
    putF64Lanes(record + CHUNK_KNOWN, 0, f64x2.splat(0));
    for (let lane = 0; lane < 2; lane++) {
      const own = account + ((lane as usize) << 3);
      const entry = openEntry(entries + ((lane as usize) << 2), own);
      putI32(record + CHUNK_ENTRY, lane, select<i32>(entry, -1, f64At(own + PAIR_OPEN, 0) != 0.0));
    }
    // cash is an equity of the chunk unless all of it is in a position
    const carried = carriedLanes(record);
    putF64Lanes(account + PAIR_LOWEST, 0, v128.bitselect(f64x2.splat(Infinity), cash, carried));
    putF64Lanes(account + PAIR_HIGHEST, 0, v128.bitselect(f64x2.splat(-Infinity), cash, carried));
  }
}

/** Bounds the equity in a chunk whose trades were made, and counts them. */
export function closeChunk(slice: usize, accounts: MeasuredAccounts, first: i32): void {
  const end = min<i32>(first + CHUNK_BARS, barsOf(slice));
  const account = accountOf(slice);
  const fee = feeRate(account);
  const range = priceRange(closeOf(slice), priceBlocksOf(slice), first, end);
  const low = f64x2.extract_lane(range, 0);
  const high = f64x2.extract_lane(range, 1);
  // the most that a position opened in the chunk is worth there over what was put in: a long gains most, a short loses most
  const sold = high / (low * openFactor(account, SIDE_SHORT));
  const rise = max<f64>(high / (low * openFactor(account, SIDE_LONG)) - 1.0 - fee, 0.0);
  const fall = sold - 1.0 + fee;
  const room = ROOM * (4.0 + fee + sold);
  const usable = low > 0.0 && high < Infinity;
  const zero = f64x2.splat(0);
  for (let pair = 0; pair < accounts.count; pair++) {
    const state = recordAt(accounts.pairs, pair, PAIR_BYTES);
    const record = chunkAt(accounts, first / CHUNK_BARS, pair);
    const carried = carriedLanes(record);
    boundFlat(account, state, record, carried, usable ? f64x2(rise, fall) : f64x2.splat(NaN), room);
    if (v128.any_true(carried)) {
      boundCarried(slice, state, record, carried, f64x2.splat(usable ? low : NaN), f64x2.splat(high));
    }
    // without cash the trades listed were not all made, and such an account is looked at again
    const rich = f64x2.gt(f64LanesAt(state + PAIR_CASH, 0), zero);
    const counted = v128.and(f64LanesAt(state + PAIR_COUNT, 0), rich);
    putF64Lanes(state + PAIR_MADE, 0, f64x2.add(f64LanesAt(state + PAIR_MADE, 0), counted));
  }
}

/** Lanes of ones where a position is held at the first bar of a chunk. */
function carriedLanes(record: usize): v128 {
  return i64x2.extend_low_i32x4_s(i32x4.ge_s(v128.load64_zero(record + CHUNK_ENTRY), i32x4.splat(0)));
}

/** Bounds the equity without a position, and in those opened in the chunk; `rates` are the most these rise and fall. */
function boundFlat(
  account: usize,
  state: usize,
  record: usize,
  carried: v128,
  rates: v128,
  room: f64,
): void {
  const lowest = f64LanesAt(state + PAIR_LOWEST, 0);
  const highest = f64LanesAt(state + PAIR_HIGHEST, 0);
  const saved = f64LanesAt(state + PAIR_SAFE, 0);
  const listed = f64x2.add(f64LanesAt(state + PAIR_COUNT, 0), f64LanesAt(state + PAIR_OPEN, 0));
  const opened = f64x2.gt(listed, v128.and(carried, f64x2.splat(1)));
  const most = f64x2.pmax(f64x2.pmin(highest, f64x2.splat(stakeMax(account))), f64x2.splat(0));
  const size = f64x2.add(f64x2.pmax(f64x2.abs(lowest), f64x2.abs(highest)), saved);
  const rounding = f64x2.mul(size, f64x2.splat(room));
  const rise = f64x2.add(f64x2.mul(most, v128.shuffle<f64>(rates, rates, 0, 0)), rounding);
  const fall = f64x2.add(f64x2.mul(most, v128.shuffle<f64>(rates, rates, 1, 1)), rounding);
  const bottom = f64x2.add(lowest, f64LanesAt(record + CHUNK_SAFE, 0));
  const top = f64x2.add(highest, saved);
  putF64Lanes(record + CHUNK_LOW, 0, f64x2.sub(bottom, v128.and(fall, opened)));
  putF64Lanes(record + CHUNK_HIGH, 0, f64x2.add(top, v128.and(rise, opened)));
}

/**
 * Widens the bounds by the equity in positions held from before, which is a monotone function of the close. Where no
 * trade ends in the chunk these are all there is: cash is then no equity. A `low` of NaN makes the bounds NaN.
 */
function boundCarried(slice: usize, state: usize, record: usize, carried: v128, low: v128, high: v128): void {
  const account = accountOf(slice);
  const zero = f64x2.splat(0);
  const entries = record + CHUNK_ENTRY;
  const shorts = shortLanes(entries);
  const purchase = f64x2.splat(openFactor(account, SIDE_LONG));
  const factor = v128.bitselect(f64x2.splat(openFactor(account, SIDE_SHORT)), purchase, shorts);
  const available = f64LanesAt(record + CHUNK_CASH, 0);
  const aside = f64LanesAt(record + CHUNK_SAFE, 0);
  const quote = stakeLanes(available, f64x2.splat(stakeMax(account)));
  const quantity = f64x2.div(quote, f64x2.mul(entryCloses(ordersOf(slice), entries), factor));
  const entryFee = f64x2.mul(quote, f64x2.splat(feeRate(account)));
  const held = f64x2.add(afterOpenLanes(available, quote, entryFee), aside);
  const atLow = heldEquityLanes(shorts, held, quote, quantity, low);
  const atHigh = heldEquityLanes(shorts, held, quote, quantity, high);
  const idle = f64x2.add(available, aside);
  const trading = f64x2.gt(quote, zero);
  // of a NaN and a number these take the first
  const bottom = v128.bitselect(f64x2.pmin(atLow, atHigh), idle, trading);
  const top = v128.bitselect(f64x2.pmax(atLow, atHigh), idle, trading);
  const flat = f64x2.gt(f64LanesAt(state + PAIR_COUNT, 0), zero);
  const lowest = f64LanesAt(record + CHUNK_LOW, 0);
  const highest = f64LanesAt(record + CHUNK_HIGH, 0);
  const both = f64x2.pmin(bottom, v128.bitselect(lowest, bottom, flat));
  putF64Lanes(record + CHUNK_LOW, 0, v128.bitselect(both, lowest, carried));
  const upper = f64x2.pmax(top, v128.bitselect(highest, top, flat));
  putF64Lanes(record + CHUNK_HIGH, 0, v128.bitselect(upper, highest, carried));
}
