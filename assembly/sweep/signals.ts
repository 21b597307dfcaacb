import { feeRate, initCash, lockRate, stakeMax, totalReturnPct } from "../execution/account.ts";
import { bookLanes, exitQuoteLanes, stakeLanes } from "../execution/account_lanes.ts";
import { bytesOf, f64At, f64LanesAt, i32At, putF64 } from "../memory.ts";
import { anyRuin, chunkRuin, leaveAtRuin } from "./ruin_blocks.ts";
import {
  CHUNK_BARS,
  entryRow,
  evenVariants,
  exitRow,
  listBytes,
  listTrades,
  startLists,
} from "./trade_lists.ts";

/** Bytes of working memory that `scoreSignals` needs for that many variants. */
export function signalBytes(variants: i32): f64 {
  return (listBytes(variants) as f64) + bytesOf(evenVariants(variants), 4 * 8);
}

/**
 * Total returns in percent of some variants without stop and target, equal in every bit to the replay's; NaN where a
 * fill is impossible. `masks` names, variant by variant, the long and the short mask of every indicator; `fills` and
 * `ruinBlocks` are those of the account.
 *
 * A trade needs the cash the one before it left, a long chain of dependent divisions and additions. The variants take
 * turns, trade by trade and two at a time, so that the processor works on several chains at once.
 */
export function scoreSignals(
  masks: usize,
  indicators: i32,
  sides: i32,
  variants: i32,
  bars: i32,
  fills: usize,
  account: usize,
  work: usize,
  scores: usize,
  close: usize,
  ruinBlocks: usize,
): void {
  assert(variants >= 0 && bars >= 0);
  const lanes = evenVariants(variants);
  const counts = work + (listBytes(variants) as usize);
  const open = after(counts, lanes);
  const cash = after(open, lanes);
  const safe = after(cash, lanes);
  startLists(work, variants);
  startAccounts(account, lanes, counts, open, cash, safe);
  for (let first = 0; first < bars; first += CHUNK_BARS) {
    const rows = listTrades(masks, indicators, sides, variants, first, bars, work, counts, open);
    tradeRows(rows, work, counts, lanes >> 1, fills, account, cash, safe, close, bars, first, ruinBlocks);
  }
  endAccounts(account, variants, cash, safe, scores);
}

/** Gives every variant its initial cash and no trades. */
export function startAccounts(
  account: usize,
  lanes: i32,
  counts: usize,
  open: usize,
  cash: usize,
  safe: usize,
): void {
  for (let v = 0; v < lanes; v++) {
    putF64(counts, v, 0);
    putF64(open, v, 0);
    putF64(cash, v, initCash(account));
    putF64(safe, v, 0);
  }
}

/** Writes every variant's total return in percent. */
export function endAccounts(account: usize, variants: i32, cash: usize, safe: usize, scores: usize): void {
  for (let v = 0; v < variants; v++) {
    putF64(scores, v, totalReturnPct(f64At(cash, v), f64At(safe, v), initCash(account)));
  }
}

/**
 * Makes the listed trades, with quantity and exit quote negative for a short. Cash of NaN, the mark of an impossible fill, trades no more.
 */
function tradeRows(
  rows: i32,
  lists: usize,
  counts: usize,
  pairs: i32,
  fills: usize,
  account: usize,
  cash: usize,
  safe: usize,
  close: usize,
  bars: i32,
  first: i32,
  ruinBlocks: usize,
): void {
  const carried = anyRuin(ruinBlocks, bars);
  const inside = chunkRuin(ruinBlocks, bars, first);
  const fees = f64x2.splat(feeRate(account));
  const limits = f64x2.splat(stakeMax(account));
  const zero = f64x2.splat(0);
  const minus = f64x2.splat(-0.0);
  const share = lockRate(account);
  for (let row = 0; row < rows; row++) {
    const position = f64x2.splat(row as f64);
    // a trade that was opened before this chunk is in its first row
    if (row == 0 ? carried : inside) {
      leaveRuined(row, lists, 2 * pairs, counts, cash, safe, close, fills, account, ruinBlocks);
    }
    for (let pair = 0; pair < pairs; pair++) {
      const entryFill = fillsAt(fills, entryRow(lists, pair, row));
      const exitFill = f64x2.abs(fillsAt(fills, exitRow(lists, pair, row)));
      const quote = stakeLanes(f64LanesAt(cash, 2 * pair), limits);
      const listed = f64x2.lt(position, f64LanesAt(counts, 2 * pair));
      const trading = v128.and(f64x2.gt(quote, zero), listed);
      const signedQuote = v128.or(quote, v128.and(entryFill, minus));
      const proceeds = exitQuoteLanes(quote, entryFill, exitFill);
      const gross = f64x2.sub(proceeds, signedQuote);
      const entryFee = f64x2.mul(quote, fees);
      const exitFee = f64x2.mul(f64x2.abs(proceeds), fees);
      bookLanes(cash, safe, 2 * pair, quote, gross, entryFee, exitFee, trading, share);
    }
  }
}

/** Lets the trades of one row end where their accounts are ruined. */
export function leaveRuined(
  row: i32,
  lists: usize,
  lanes: i32,
  counts: usize,
  cash: usize,
  safe: usize,
  close: usize,
  fills: usize,
  account: usize,
  ruinBlocks: usize,
): void {
  for (let v = 0; v < lanes; v++) {
    if (!((row as f64) < f64At(counts, v))) continue;
    leaveAtRuin(
      entryRow(lists, v >> 1, row),
      exitRow(lists, v >> 1, row),
      v & 1,
      f64At(cash, v),
      f64At(safe, v),
      close,
      fills,
      account,
      ruinBlocks,
    );
  }
}

/** The fills a row names. */
export function fillsAt(fills: usize, row: usize): v128 {
  return f64x2(f64At(fills, i32At(row, 0)), f64At(fills, i32At(row, 1)));
}

/** Address of element `count` of an f64 array. */
export function after(array: usize, count: i32): usize {
  return array + ((count as usize) << 3);
}
