import { accountAt, Accounts, PAIR_COUNT, PAIR_OPEN } from "./accounts.ts";
import { SIDE_LONG } from "../layout.ts";
import { combinePart } from "../signal/combine.ts";
import { bitAt, f64At, i32At, insideBits, putF64, putI32, recordAt, wordAt, wordsOf } from "../memory.ts";

// The trades of a few variants without stop and target, some bars at a time, so that the lists stay in the processor's
// fastest memory. Every maximal run of equal signals is a trade. Runs neither overlap nor change places, so the k-th
// beginning of a run and the k-th end make a trade, and both lists are just the set bits of a mask.
//
// A list has the offset of a bar's f32 close, four times the bar, and an entry the side that it opens on top: SHORT or
// nothing. Two variants share a list, row by row. The row before the first one holds the exit before.

/** Added to the entry of a short. */
export const SHORT = 1;

/** Bars listed at a time. */
export const CHUNK_BARS = 1024;
const CHUNK_BYTES = CHUNK_BARS >> 3;

/** A trade per bar at most, the position held, and what is written four at a time. */
const ROWS = CHUNK_BARS + 8;
const LIST_BYTES = ROWS << 3;
/** Bytes of the lists of two variants. */
export const LISTS_BYTES = 2 * LIST_BYTES;

/** Bytes of the lists of that many variants. */
export function listBytes(variants: i32): i32 {
  return 2 * CHUNK_BYTES + (evenVariants(variants) >> 1) * LISTS_BYTES;
}

/** Variants are worked on two at a time. */
export function evenVariants(variants: i32): i32 {
  return (variants + 1) & ~1;
}

/** Row `row` of the entries of two variants. */
export function entryRow(lists: usize, pair: i32, row: i32): usize {
  return recordAt(lists, pair, LISTS_BYTES) + 2 * CHUNK_BYTES + ((row as usize) << 3);
}

/** The exits of the trades whose entries are at `entries`. */
export function exitRow(entries: usize): usize {
  return entries + LIST_BYTES;
}

/** Empties lists. Rows behind the last one are read, too, and must name bars that exist. */
export function startLists(lists: usize, variants: i32): void {
  memory.fill(lists, 0, listBytes(variants));
}

/**
 * Lists the trades that the variants close in the bars from `first` on, a multiple of `CHUNK_BARS`, and returns how many
 * the one with most has. Every account gets how many it has and whether it then holds a position; both must still say what
 * the call for the bars before made them.
 */
export function listTrades(
  masks: usize,
  indicators: i32,
  sides: i32,
  accounts: Accounts,
  first: i32,
  bars: i32,
): i32 {
  let longest = 0;
  for (let v = 0; v < accounts.variants; v++) {
    const own = recordAt(masks, v * indicators, 8);
    const count = listVariant(own, indicators, sides, accounts.lists, v, accountAt(accounts, v), first, bars);
    longest = max<i32>(longest, count);
  }
  return longest;
}

/** The same for one variant, whose lists are those of number `place`. */
export function listVariant(
  masks: usize,
  indicators: i32,
  sides: i32,
  lists: usize,
  place: i32,
  account: usize,
  first: i32,
  bars: i32,
): i32 {
  const long = lists;
  const short = lists + CHUNK_BYTES;
  const left = min<i32>(bars - first, CHUNK_BARS);
  combinePart(masks, indicators, first, left, sides, long, short);
  const lane = ((place & 1) << 2) as usize;
  const entries = entryRow(lists, place >> 1, 0) + lane;
  const exits = exitRow(entries);
  putI32(entries, 0, openEntry(entries, account));
  const opened = listEdges(long, short, first, left, f64At(account + PAIR_OPEN, 0) as i32, entries, exits);
  let held = bitAt(long, left - 1) | bitAt(short, left - 1);
  const count = opened - held;
  if (first + left == bars && held != 0) {
    putI32(exits, 2 * count, (bars - 1) << 2);
    held = 0;
  }
  putF64(account + PAIR_COUNT, 0, (opened - held) as f64);
  putF64(account + PAIR_OPEN, 0, held as f64);
  return opened - held;
}

/** The entry behind the trades listed, which is that of the position held. */
export function openEntry(entries: usize, account: usize): i32 {
  return i32At(entries, 2 * (f64At(account + PAIR_COUNT, 0) as i32));
}

/** Lists the trades of one variant behind the `held` entry it has; returns how many entries that makes. */
function listEdges(
  long: usize,
  short: usize,
  first: i32,
  bars: i32,
  held: i32,
  entries: usize,
  exits: usize,
): i32 {
  const side = i32At(entries, 0) & SHORT;
  let longCarry = (held & ~side) as u64;
  let shortCarry = (held & side) as u64;
  let opened = entries + ((held as usize) << 3);
  let closed = exits;
  const words = wordsOf(bars);
  for (let word = 0; word < words; word++) {
    const longs = wordAt(long, word);
    const shorts = wordAt(short, word);
    const longsBefore = (longs << 1) | longCarry;
    const shortsBefore = (shorts << 1) | shortCarry;
    longCarry = longs >> 63;
    shortCarry = shorts >> 63;
    let starts = (longs & ~longsBefore) | (shorts & ~shortsBefore);
    let ends = ((longsBefore & ~longs) | (shortsBefore & ~shorts)) & insideBits(word, bars);
    const offset = (first + (word << 6)) << 2;
    let entry = opened;
    let exit = closed;
    opened += (popcnt<u64>(starts) as usize) << 3;
    closed += (popcnt<u64>(ends) as usize) << 3;
    // How many bits are left cannot be predicted: four of each are written at a time, and those too many replaced.
    while ((starts | ends) != 0) {
      putI32(entry, 0, entryAt(starts, shorts, offset));
      putI32(exit, 0, exitAt(ends, offset));
      starts &= starts - 1;
      ends &= ends - 1;
      putI32(entry, 2, entryAt(starts, shorts, offset));
      putI32(exit, 2, exitAt(ends, offset));
      starts &= starts - 1;
      ends &= ends - 1;
      putI32(entry, 4, entryAt(starts, shorts, offset));
      putI32(exit, 4, exitAt(ends, offset));
      starts &= starts - 1;
      ends &= ends - 1;
      putI32(entry, 6, entryAt(starts, shorts, offset));
      putI32(exit, 6, exitAt(ends, offset));
      starts &= starts - 1;
      ends &= ends - 1;
      entry += 32;
      exit += 32;
    }
  }
  return ((opened - entries) >> 3) as i32;
}

/** The bar of a row's entry or exit. */
export function barAt(row: usize, lane: i32): i32 {
  return i32At(row, lane) >> 2;
}

/** The side of a row's entry. */
export function sideAt(entries: usize, lane: i32): i32 {
  return SIDE_LONG + (i32At(entries, lane) & SHORT);
}

/** Entry at the lowest bit of `edges`, of a short where `shorts` has the bit. */
function entryAt(edges: u64, shorts: u64, first: i32): i32 {
  const bit = ctz<u64>(edges);
  return (first + ((bit as i32) << 2)) | (((shorts >> bit) as i32) & SHORT);
}

/** Exit at the lowest bit of `edges`. */
function exitAt(edges: u64, first: i32): i32 {
  return first + ((ctz<u64>(edges) as i32) << 2);
}
