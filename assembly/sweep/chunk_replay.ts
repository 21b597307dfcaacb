import { afterOpen, feeRate, stake, stakeMax } from "../execution/account.ts";
import { accountOf, barsOf, closeOf, priceBlocksOf } from "../execution/slice.ts";
import { f64At, i32At, putF64, putI32, recordAt } from "../memory.ts";
import { MeasuredAccounts, PAIR_CASH, PAIR_COUNT, PAIR_OPEN, PAIR_SAFE } from "./accounts.ts";
import { bookListed, listedFill } from "./book.ts";
import { CHUNK_CASH, CHUNK_ENTRY, CHUNK_SAFE, chunkAt } from "./chunk_bounds.ts";
import { foldBars, foldEquity, foldRange, heldEquity } from "./deepest_fall.ts";
import { priceRange } from "./price_range.ts";
import { anyRuin, leaveAtRuin } from "./ruin_blocks.ts";
import { barAt, CHUNK_BARS, entryRow, exitRow, listVariant, sideAt } from "./trade_lists.ts";

/**
 * Trades one chunk of one variant once more, and folds the equity of its bars, one after the other where it must be, into
 * the peak and the deepest fall before; see `deepest_fall.ts`. Returns how many trades were made. The lists are free.
 */
export function foldChunk(
  accounts: MeasuredAccounts,
  variant: i32,
  chunk: i32,
  peak: usize,
  depth: usize,
): i32 {
  const slice = accounts.slice;
  const first = chunk * CHUNK_BARS;
  const end = min<i32>(first + CHUNK_BARS, barsOf(slice));
  const range = priceRange(closeOf(slice), priceBlocksOf(slice), first, end);
  const low = f64x2.extract_lane(range, 0);
  const high = f64x2.extract_lane(range, 1);
  const risky = anyRuin(slice);
  const state = accounts.spare;
  const listed = relist(accounts, variant, chunk, end);
  let flatFrom = first;
  let made = 0;
  let entries = entryRow(accounts.lists, 0, 0);
  for (let row = 0; row < listed; row++) {
    const cash = f64At(state + PAIR_CASH, 0);
    const safe = f64At(state + PAIR_SAFE, 0);
    if (!(stake(cash, stakeMax(accountOf(slice))) > 0.0)) break;
    if (risky) leaveAtRuin(slice, entries, 0, cash, safe);
    const from = max<i32>(barAt(entries, 0), first);
    const exit = barAt(exitRow(entries), 0);
    if (flatFrom < from) foldEquity(cash + safe, peak, depth);
    if (from < exit) foldHeld(slice, entries, state, from, exit, low, high, peak, depth);
    flatFrom = exit;
    if (exit == end) break;
    bookListed(slice, entries, 0, state);
    made++;
    entries += 8;
  }
  if (flatFrom < end) foldEquity(f64At(state + PAIR_CASH, 0) + f64At(state + PAIR_SAFE, 0), peak, depth);
  return made;
}

/** Lists the trades of a chunk, the one still open at its end with that as its exit, and returns how many there are. */
function relist(accounts: MeasuredAccounts, variant: i32, chunk: i32, end: i32): i32 {
  const pair = chunkAt(accounts, chunk, variant >> 1);
  const record = pair + ((variant & 1) << 3);
  const state = accounts.spare;
  const entries = entryRow(accounts.lists, 0, 0);
  const entry = i32At(pair + CHUNK_ENTRY, variant & 1);
  putF64(state + PAIR_CASH, 0, f64At(record + CHUNK_CASH, 0));
  putF64(state + PAIR_SAFE, 0, f64At(record + CHUNK_SAFE, 0));
  putF64(state + PAIR_COUNT, 0, 0);
  putF64(state + PAIR_OPEN, 0, (entry >= 0) as i32 as f64);
  putI32(entries, 0, entry);
  const masks = recordAt(accounts.masks, variant * accounts.indicators, 8);
  const bars = barsOf(accounts.slice);
  const first = chunk * CHUNK_BARS;
  const closed = listVariant(
    masks,
    accounts.indicators,
    accounts.sides,
    accounts.lists,
    0,
    state,
    first,
    bars,
  );
  putI32(exitRow(entries), 2 * closed, end << 2);
  return closed + (f64At(state + PAIR_OPEN, 0) as i32);
}

/** Folds a position held over bars `[from, exit)`. The extremes of all closes of the chunk often say that it does not matter. */
function foldHeld(
  slice: usize,
  entries: usize,
  state: usize,
  from: i32,
  exit: i32,
  low: f64,
  high: f64,
  peak: usize,
  depth: usize,
): void {
  const account = accountOf(slice);
  const cash = f64At(state + PAIR_CASH, 0);
  const quote = stake(cash, stakeMax(account));
  const side = sideAt(entries, 0);
  const quantity = quote / listedFill(slice, entries, 0);
  const held = afterOpen(cash, quote, quote * feeRate(account)) + f64At(state + PAIR_SAFE, 0);
  const atLow = heldEquity(side, held, quote, quantity, low);
  const atHigh = heldEquity(side, held, quote, quantity, high);
  const lowest = min<f64>(atLow, atHigh);
  const top = f64At(peak, 0);
  const matters = !(max<f64>(atLow, atHigh) <= top && lowest >= 0.0 && 1.0 - lowest / top <= f64At(depth, 0));
  if (!matters) return;
  const close = closeOf(slice);
  const blocks = priceBlocksOf(slice);
  const range = priceRange(close, blocks, from, exit);
  const least = f64x2.extract_lane(range, 0);
  const most = f64x2.extract_lane(range, 1);
  if (!foldRange(least, most, side, held, quote, quantity, peak, depth)) {
    foldBars(close, blocks, from, exit, side, held, quote, quantity, peak, depth);
  }
}
