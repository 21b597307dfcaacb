import { feeRate, initCash, lockRate, stakeMax } from "../execution/account.ts";
import {
  afterOpenLanes,
  bookLanes,
  exitQuoteLanes,
  netProfitLanes,
  stakeLanes,
} from "../execution/account_lanes.ts";
import { accountOf, barsOf, closeOf, ordersOf, priceBlocksOf, priceRangesOf } from "../execution/slice.ts";
import { MEASURE_DRAWDOWN, MEASURE_LOSS, MEASURE_PROFIT, MEASURE_STRIDE, MEASURE_TRADES } from "../layout.ts";
import { bytesOf, f64At, f64LanesAt, i64At, putF64, putF64Lanes, putField, recordAt } from "../memory.ts";
import { foldBars, foldEquity, foldRange, maxDrawdown } from "./deepest_fall.ts";
import { accountBytes, Accounts, after, endAccounts, openAccounts } from "./accounts.ts";
import { rangeOf } from "./price_range.ts";
import { anyRuin, chunkRuin } from "./ruin_blocks.ts";
import { purchaseFactor, saleFactor } from "./orders.ts";
import { entryCloses, exitCloses, leaveRuined, shortLanes } from "./signals.ts";
import { barAt, CHUNK_BARS, entryRow, evenVariants, exitRow, listTrades, sideAt } from "./trade_lists.ts";

/** Bytes of working memory that `measureSignals` needs for that many variants. */
export function measuredSignalBytes(variants: i32): f64 {
  return accountBytes(variants) + bytesOf(evenVariants(variants), 6 * 8);
}

/** What `scoreSignals` writes, and for every variant its record of measures. The slice has the tables for measuring. */
export function measureSignals(
  slice: usize,
  masks: usize,
  indicators: i32,
  sides: i32,
  variants: i32,
  work: usize,
  scores: usize,
  measures: usize,
): void {
  const bars = barsOf(slice);
  assert(variants >= 0 && bars >= 0);
  const accounts = openAccounts(slice, variants, work);
  startState(slice, accounts);
  for (let first = 0; first < bars; first += CHUNK_BARS) {
    const rows = listTrades(
      masks,
      indicators,
      sides,
      variants,
      first,
      bars,
      accounts.lists,
      accounts.counts,
      accounts.open,
    );
    measureRows(slice, accounts, rows, first);
  }
  writeMeasures(accounts, bars, measures);
  endAccounts(slice, accounts, scores);
}

// The state of the measures lies behind the accounts, one f64 per variant each: highest equity so far, the deepest
// drawdown from the peaks before it, the lowest equity since it, gross profit, gross loss; and the trades made, one i64
// per variant.

/** Nothing measured yet: the first peak, and the lowest equity since it, is the initial cash. */
function startState(slice: usize, accounts: Accounts): void {
  const lanes = accounts.lanes;
  const state = accounts.end;
  const initial = initCash(accountOf(slice));
  memory.fill(state, 0, 6 * ((lanes as usize) << 3));
  for (let v = 0; v < lanes; v++) {
    putF64(state, v, initial);
    putF64(lowestOf(state, lanes), v, initial);
  }
}

/** Writes every variant's record. Without bars there is no drawdown. */
function writeMeasures(accounts: Accounts, bars: i32, measures: usize): void {
  const lanes = accounts.lanes;
  const state = accounts.end;
  for (let v = 0; v < accounts.variants; v++) {
    const peak = after(state, v);
    const depth = after(depthOf(state, lanes), v);
    foldLowest(peak, depth, after(lowestOf(state, lanes), v));
    if (bars > 0) foldEquity(f64At(accounts.cash, v) + f64At(accounts.safe, v), peak, depth);
    const measure = recordAt(measures, v, MEASURE_STRIDE);
    putField(measure, MEASURE_DRAWDOWN, bars > 0 ? maxDrawdown(peak, depth) : NaN);
    putField(measure, MEASURE_PROFIT, f64At(profitOf(state, lanes), v));
    putField(measure, MEASURE_LOSS, f64At(lossOf(state, lanes), v));
    putField(measure, MEASURE_TRADES, i64At(madeOf(state, lanes), v) as f64);
  }
}

function depthOf(state: usize, lanes: i32): usize {
  return after(state, lanes);
}

function lowestOf(state: usize, lanes: i32): usize {
  return after(state, 2 * lanes);
}

function profitOf(state: usize, lanes: i32): usize {
  return after(state, 3 * lanes);
}

function lossOf(state: usize, lanes: i32): usize {
  return after(state, 4 * lanes);
}

function madeOf(state: usize, lanes: i32): usize {
  return after(state, 5 * lanes);
}

/** Takes the lowest equity since the peak into the deepest drawdown. */
function foldLowest(peak: usize, depth: usize, lowest: usize): void {
  putF64(depth, 0, max<f64>(f64At(depth, 0), 1.0 - f64At(lowest, 0) / f64At(peak, 0)));
}

/**
 * Makes the listed trades as `tradeRows` does, and takes down each. Below a known peak only the lowest equity matters;
 * a trade that reaches a new one is looked at more closely.
 */
function measureRows(slice: usize, accounts: Accounts, rows: i32, first: i32): void {
  const carried = anyRuin(slice);
  const inside = chunkRuin(slice, first);
  const close = closeOf(slice);
  const bars = barsOf(slice);
  const account = accountOf(slice);
  const orders = ordersOf(slice);
  const blocks = priceBlocksOf(slice);
  const ranges = priceRangesOf(slice);
  const lists = accounts.lists;
  const counts = accounts.counts;
  const cash = accounts.cash;
  const safe = accounts.safe;
  const lanes = accounts.lanes;
  const state = accounts.end;
  const fees = f64x2.splat(feeRate(account));
  const limits = f64x2.splat(stakeMax(account));
  const zero = f64x2.splat(0);
  const minus = f64x2.splat(-0.0);
  const purchases = f64x2.splat(purchaseFactor(account));
  const sales = f64x2.splat(saleFactor(account));
  const other = v128.xor(purchases, sales);
  const share = lockRate(account);
  const lowests = lowestOf(state, lanes);
  for (let row = 0; row < rows; row++) {
    const position = f64x2.splat(row as f64);
    if (row == 0 ? carried : inside) leaveRuined(slice, accounts, row);
    for (let lane = 0; lane < lanes; lane += 2) {
      const entries = entryRow(lists, lane >> 1, row);
      const exits = exitRow(lists, lane >> 1, row);
      const shorts = shortLanes(entries);
      const change = v128.and(shorts, other);
      const sign = v128.and(shorts, minus);
      const entryFill = f64x2.mul(entryCloses(orders, entries), v128.xor(purchases, change));
      const exitFill = f64x2.mul(exitCloses(orders, exits), v128.xor(sales, change));
      const available = f64LanesAt(cash, lane);
      const aside = f64LanesAt(safe, lane);
      const quote = stakeLanes(available, limits);
      const listed = f64x2.lt(position, f64LanesAt(counts, lane));
      const trading = v128.and(f64x2.gt(quote, zero), listed);
      const quantity = v128.xor(f64x2.div(quote, entryFill), sign);
      const proceeds = exitQuoteLanes(quote, entryFill, exitFill);
      const gross = f64x2.sub(v128.xor(proceeds, sign), v128.xor(quote, sign));
      const entryFee = f64x2.mul(quote, fees);
      const exitFee = f64x2.mul(proceeds, fees);
      countLanes(state, lanes, lane, trading, netProfitLanes(gross, entryFee, exitFee));
      bookLanes(cash, safe, lane, quote, gross, entryFee, exitFee, trading, share);

      const left = rangeOf(close, blocks, ranges, bars, barAt(entries, 0), barAt(exits, 0));
      const right = rangeOf(close, blocks, ranges, bars, barAt(entries, 1), barAt(exits, 1));
      const low = f64x2.promote_low_f32x4(v128.shuffle<f32>(left, right, 0, 4, 0, 4));
      const high = f64x2.neg(f64x2.promote_low_f32x4(v128.shuffle<f32>(left, right, 1, 5, 1, 5)));
      const held = f64x2.add(afterOpenLanes(available, quote, entryFee), aside);
      const budget = v128.and(quote, shorts);
      const atLow = f64x2.add(held, f64x2.add(budget, f64x2.add(budget, f64x2.mul(quantity, low))));
      const atHigh = f64x2.add(held, f64x2.add(budget, f64x2.add(budget, f64x2.mul(quantity, high))));
      const flat = v128.bitselect(f64x2.add(available, aside), f64x2.splat(NaN), flatBefore(entries, exits));
      const peak = f64LanesAt(state, lane);
      const above = v128.or(f64x2.gt(f64x2.pmax(atLow, atHigh), peak), f64x2.gt(flat, peak));
      if (v128.any_true(v128.and(above, trading))) {
        foldLanes(slice, accounts, lane, entries, exits, trading, flat, low, high, held, quote, quantity);
        continue;
      }
      const lowest = f64LanesAt(lowests, lane);
      const lower = f64x2.pmin(f64x2.pmin(lowest, flat), f64x2.pmin(atLow, atHigh));
      putF64Lanes(lowests, lane, v128.bitselect(lower, lowest, trading));
    }
  }
}

/** Adds two trades, where lanes of `trading` are ones, to gross profit, gross loss and the number of trades. */
function countLanes(state: usize, lanes: i32, lane: i32, trading: v128, net: v128): void {
  const profits = profitOf(state, lanes);
  const losses = lossOf(state, lanes);
  const made = madeOf(state, lanes);
  const zero = f64x2.splat(0);
  const gain = v128.and(trading, f64x2.pmax(net, zero));
  putF64Lanes(profits, lane, f64x2.add(f64LanesAt(profits, lane), gain));
  // lanes of ones are -1
  putF64Lanes(made, lane, i64x2.sub(f64LanesAt(made, lane), trading));
  const loss = v128.and(trading, f64x2.pmin(net, zero));
  putF64Lanes(losses, lane, f64x2.add(f64LanesAt(losses, lane), loss));
}

/** Looks closely at two trades, where lanes of `trading` are ones. */
function foldLanes(
  slice: usize,
  accounts: Accounts,
  lane: i32,
  entries: usize,
  exits: usize,
  trading: v128,
  flat: v128,
  low: v128,
  high: v128,
  held: v128,
  quote: v128,
  quantity: v128,
): void {
  const lanes = accounts.lanes;
  const state = accounts.end;
  const close = closeOf(slice);
  const blocks = priceBlocksOf(slice);
  for (let v = 0; v < 2; v++) {
    if (!(i64x2.bitmask(trading) >> v & 1)) continue;
    foldClosely(
      barAt(entries, v),
      barAt(exits, v),
      laneOf(flat, v),
      laneOf(low, v),
      laneOf(high, v),
      sideAt(entries, v),
      laneOf(held, v),
      laneOf(quote, v),
      abs<f64>(laneOf(quantity, v)),
      after(state, lane + v),
      after(depthOf(state, lanes), lane + v),
      after(lowestOf(state, lanes), lane + v),
      close,
      blocks,
    );
  }
}

/** Takes down bars without position at equity `flat`, NaN for none, and a position held over bars `[entry, exit)`. */
function foldClosely(
  entry: i32,
  exit: i32,
  flat: f64,
  low: f64,
  high: f64,
  side: i32,
  held: f64,
  quote: f64,
  quantity: f64,
  peak: usize,
  depth: usize,
  lowest: usize,
  close: usize,
  blocks: usize,
): void {
  foldLowest(peak, depth, lowest);
  if (flat == flat) foldEquity(flat, peak, depth);
  if (entry < exit && !foldRange(low, high, side, held, quote, quantity, peak, depth)) {
    foldBars(close, blocks, entry, exit, side, held, quote, quantity, peak, depth);
  }
  putF64(lowest, 0, f64At(peak, 0));
}

function laneOf(lanes: v128, lane: i32): f64 {
  return lane == 0 ? f64x2.extract_lane(lanes, 0) : f64x2.extract_lane(lanes, 1);
}

/** Whether there are bars without position before a trade, as lanes of ones or zeros. */
function flatBefore(entries: usize, exits: usize): v128 {
  const exitsBefore = v128.or(v128.load64_zero(exits - 8), i32x4.splat(3));
  return i64x2.extend_low_i32x4_s(i32x4.lt_s(exitsBefore, v128.load64_zero(entries)));
}
