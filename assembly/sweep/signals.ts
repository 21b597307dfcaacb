import { feeRate, lockRate, stakeMax } from "../execution/account.ts";
import { bookLanes, exitQuoteLanes, stakeLanes } from "../execution/account_lanes.ts";
import { accountOf, barsOf, ordersOf } from "../execution/slice.ts";
import { f64At, f64LanesAt, i32At } from "../memory.ts";
import { accountBytes, Accounts, endAccounts, openAccounts } from "./accounts.ts";
import { anyRuin, chunkRuin, leaveAtRuin } from "./ruin_blocks.ts";
import { purchaseFactor, saleFactor } from "./orders.ts";
import { CHUNK_BARS, entryRow, exitRow, listTrades, SHORT } from "./trade_lists.ts";

/** Bytes of working memory that `scoreSignals` needs for that many variants. */
export function signalBytes(variants: i32): f64 {
  return accountBytes(variants);
}

/**
 * Total returns in percent of some variants without stop and target, equal in every bit to the replay's; NaN where a
 * fill is impossible. `masks` names, variant by variant, the long and the short mask of every indicator.
 *
 * A trade needs the cash the one before it left, a long chain of dependent divisions and additions. The variants take
 * turns, trade by trade and two at a time, so that the processor works on several chains at once.
 */
export function scoreSignals(
  slice: usize,
  masks: usize,
  indicators: i32,
  sides: i32,
  variants: i32,
  work: usize,
  scores: usize,
): void {
  const bars = barsOf(slice);
  assert(variants >= 0 && bars >= 0);
  const accounts = openAccounts(slice, variants, work);
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
    tradeRows(slice, accounts, rows, first);
  }
  endAccounts(slice, accounts, scores);
}

/**
 * Makes the listed trades. Sides follow no pattern a processor could predict, so a short changes factors and signs. Cash of NaN, the mark of an impossible
 * fill, trades no more.
 */
function tradeRows(slice: usize, accounts: Accounts, rows: i32, first: i32): void {
  const carried = anyRuin(slice);
  const inside = chunkRuin(slice, first);
  const account = accountOf(slice);
  const orders = ordersOf(slice);
  const lists = accounts.lists;
  const counts = accounts.counts;
  const cash = accounts.cash;
  const safe = accounts.safe;
  const pairs = accounts.lanes >> 1;
  const fees = f64x2.splat(feeRate(account));
  const limits = f64x2.splat(stakeMax(account));
  const zero = f64x2.splat(0);
  const minus = f64x2.splat(-0.0);
  const purchases = f64x2.splat(purchaseFactor(account));
  const sales = f64x2.splat(saleFactor(account));
  const other = v128.xor(purchases, sales);
  const share = lockRate(account);
  for (let row = 0; row < rows; row++) {
    const position = f64x2.splat(row as f64);
    // a trade that was opened before this chunk is in its first row
    if (row == 0 ? carried : inside) leaveRuined(slice, accounts, row);
    for (let pair = 0; pair < pairs; pair++) {
      const entries = entryRow(lists, pair, row);
      const shorts = shortLanes(entries);
      const change = v128.and(shorts, other);
      const sign = v128.and(shorts, minus);
      const entryFill = f64x2.mul(entryCloses(orders, entries), v128.xor(purchases, change));
      const exitFill = f64x2.mul(exitCloses(orders, exitRow(lists, pair, row)), v128.xor(sales, change));
      const quote = stakeLanes(f64LanesAt(cash, 2 * pair), limits);
      const listed = f64x2.lt(position, f64LanesAt(counts, 2 * pair));
      const trading = v128.and(f64x2.gt(quote, zero), listed);
      const proceeds = exitQuoteLanes(quote, entryFill, exitFill);
      const gross = f64x2.sub(v128.xor(proceeds, sign), v128.xor(quote, sign));
      const entryFee = f64x2.mul(quote, fees);
      const exitFee = f64x2.mul(proceeds, fees);
      bookLanes(cash, safe, 2 * pair, quote, gross, entryFee, exitFee, trading, share);
    }
  }
}

/** Lets the trades of one row end where their accounts are ruined. */
export function leaveRuined(slice: usize, accounts: Accounts, row: i32): void {
  for (let v = 0; v < accounts.lanes; v++) {
    if (!((row as f64) < f64At(accounts.counts, v))) continue;
    const entries = entryRow(accounts.lists, v >> 1, row);
    const exits = exitRow(accounts.lists, v >> 1, row);
    leaveAtRuin(slice, entries, exits, v & 1, f64At(accounts.cash, v), f64At(accounts.safe, v));
  }
}

/** Lanes of ones where a row's entry opens a short. */
export function shortLanes(entries: usize): v128 {
  const rows = v128.load64_zero(entries);
  return i32x4.shr_s(i32x4.shl(v128.shuffle<i32>(rows, rows, 0, 0, 1, 1), 31), 31);
}

/** The closes at a row's entries. */
export function entryCloses(orders: usize, entries: usize): v128 {
  const left = orders + ((i32At(entries, 0) & ~SHORT) as usize);
  const right = orders + ((i32At(entries, 1) & ~SHORT) as usize);
  return f64x2.promote_low_f32x4(v128.load32_lane(right, v128.load32_zero(left), 1));
}

/** The closes at a row's exits. */
export function exitCloses(orders: usize, exits: usize): v128 {
  const left = orders + (i32At(exits, 0) as usize);
  const right = orders + (i32At(exits, 1) as usize);
  return f64x2.promote_low_f32x4(v128.load32_lane(right, v128.load32_zero(left), 1));
}
