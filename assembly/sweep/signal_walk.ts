import { feeRate, lockRate, stakeMax } from "../execution/account.ts";
import { bookLanes, exitQuoteLanes, netProfitLanes, stakeLanes } from "../execution/account_lanes.ts";
import { accountOf, barsOf, ordersOf } from "../execution/slice.ts";
import { SIDE_LONG } from "../layout.ts";
import { f64At, f64LanesAt, putF64Lanes } from "../memory.ts";
import {
  accountAt,
  Accounts,
  PAIR_BYTES,
  PAIR_CASH,
  PAIR_COUNT,
  PAIR_HIGHEST,
  PAIR_LOSS,
  PAIR_LOWEST,
  PAIR_PROFIT,
  PAIR_SAFE,
} from "./accounts.ts";
import { closeChunk, openChunk } from "./chunk_bounds.ts";
import { closeFactor, openFactor } from "./orders.ts";
import { entryCloses, exitCloses, shortLanes } from "./row_lanes.ts";
import { anyRuin, chunkRuin, leaveAtRuin } from "./ruin_blocks.ts";
import { CHUNK_BARS, entryRow, exitRow, LISTS_BYTES, listTrades, SHORT } from "./trade_lists.ts";

// The walk that scores variants. A trade needs the cash the one before it left, a long chain of dependent divisions and
// additions. The variants take turns, trade by trade and two at a time, so that the processor works on several chains at
// once. `MeasuredAccounts` get more taken down; the compiler makes a walk for each of the two.

/** Makes the trades of all variants. `masks` names, variant by variant, the masks of every indicator. */
export function tradeSignals<Kind extends Accounts>(
  slice: usize,
  accounts: Kind,
  masks: usize,
  indicators: i32,
  sides: i32,
): void {
  const bars = barsOf(slice);
  assert(bars >= 0);
  for (let first = 0; first < bars; first += CHUNK_BARS) {
    if (isDefined(accounts.chunks)) openChunk(accounts, first);
    const rows = listTrades(masks, indicators, sides, accounts, first, bars);
    tradeRows<Kind>(slice, accounts, rows, first);
    if (isDefined(accounts.chunks)) closeChunk(slice, accounts, first);
  }
}

/**
 * Makes the listed trades. Sides follow no pattern a processor could predict, so a short changes factors and signs. Cash of
 * NaN, the mark of an impossible fill, trades no more.
 */
function tradeRows<Kind extends Accounts>(slice: usize, accounts: Kind, rows: i32, first: i32): void {
  const carried = anyRuin(slice);
  const inside = chunkRuin(slice, first);
  const account = accountOf(slice);
  const orders = ordersOf(slice);
  const fees = f64x2.splat(feeRate(account));
  const limits = f64x2.splat(stakeMax(account));
  const zero = f64x2.splat(0);
  const minus = f64x2.splat(-0.0);
  const purchases = f64x2.splat(openFactor(account, SIDE_LONG));
  const sales = f64x2.splat(closeFactor(account, SIDE_LONG));
  const other = v128.xor(purchases, sales);
  const share = lockRate(account);
  const from = accounts.pairs;
  const to = from + accounts.count * PAIR_BYTES;
  for (let row = 0; row < rows; row++) {
    const position = f64x2.splat(row as f64);
    // a trade that was opened before this chunk is in its first row
    if (row == 0 ? carried : inside) leaveRuined(slice, accounts, row);
    let entries = entryRow(accounts.lists, 0, row);
    for (let pair = from; pair < to; pair += PAIR_BYTES) {
      const shorts = shortLanes(entries);
      const change = v128.and(shorts, other);
      const sign = v128.and(shorts, minus);
      const entryFill = f64x2.mul(entryCloses(orders, entries), v128.xor(purchases, change));
      const exitFill = f64x2.mul(exitCloses(orders, exitRow(entries)), v128.xor(sales, change));
      entries += LISTS_BYTES;
      const quote = stakeLanes(f64LanesAt(pair + PAIR_CASH, 0), limits);
      const listed = f64x2.lt(position, f64LanesAt(pair + PAIR_COUNT, 0));
      const trading = v128.and(f64x2.gt(quote, zero), listed);
      const proceeds = exitQuoteLanes(quote, entryFill, exitFill);
      const gross = f64x2.sub(v128.xor(proceeds, sign), v128.xor(quote, sign));
      const entryFee = f64x2.mul(quote, fees);
      const exitFee = f64x2.mul(proceeds, fees);
      const cash = bookLanes(
        pair + PAIR_CASH,
        pair + PAIR_SAFE,
        0,
        quote,
        gross,
        entryFee,
        exitFee,
        trading,
        share,
      );
      if (isDefined(accounts.chunks)) {
        const net = v128.and(trading, netProfitLanes(gross, entryFee, exitFee));
        const profit = f64x2.add(f64LanesAt(pair + PAIR_PROFIT, 0), f64x2.pmax(net, zero));
        const loss = f64x2.add(f64LanesAt(pair + PAIR_LOSS, 0), f64x2.pmin(net, zero));
        const lowest = f64x2.pmin(f64LanesAt(pair + PAIR_LOWEST, 0), cash);
        const highest = f64x2.pmax(f64LanesAt(pair + PAIR_HIGHEST, 0), cash);
        putF64Lanes(pair + PAIR_PROFIT, 0, profit);
        putF64Lanes(pair + PAIR_LOSS, 0, loss);
        putF64Lanes(pair + PAIR_LOWEST, 0, lowest);
        putF64Lanes(pair + PAIR_HIGHEST, 0, highest);
      }
    }
  }
}

/** Lets the trades of one row end where their accounts are ruined. */
function leaveRuined(slice: usize, accounts: Accounts, row: i32): void {
  for (let v = 0; v < accounts.variants; v++) {
    const account = accountAt(accounts, v);
    if (!((row as f64) < f64At(account + PAIR_COUNT, 0))) continue;
    const entries = entryRow(accounts.lists, v >> 1, row);
    leaveAtRuin(slice, entries, v & 1, f64At(account + PAIR_CASH, 0), f64At(account + PAIR_SAFE, 0));
  }
}
