import { initCash } from "../execution/account.ts";
import { accountOf, barsOf } from "../execution/slice.ts";
import { f64At, putF64 } from "../memory.ts";
import { MeasuredAccounts, PAIR_HIGHEST, PAIR_LOWEST } from "./accounts.ts";
import { CHUNK_HIGH, CHUNK_KNOWN, CHUNK_LOW, chunkAt, chunksOf } from "./chunk_bounds.ts";
import { foldChunk } from "./chunk_replay.ts";

// The deepest fall by branch and bound: `1 - low / top`, of the least a chunk's equity can be and the most it can have been
// before, is not exceeded by any fall that ends in the chunk. Only chunks whose bound exceeds the deepest fall found so far
// are looked at, the most promising one first. Before that the peak they fall from must be known, and so must chunks that
// can hold it.

/** The maximal drawdown of a variant that was walked, as a fraction of the peak; NaN where an equity is not finite. */
export function deepestFall(accounts: MeasuredAccounts, variant: i32): f64 {
  const initial = initCash(accountOf(accounts.slice));
  const chunks = chunksOf(barsOf(accounts.slice));
  const peak = accounts.spare + PAIR_HIGHEST;
  const depth = accounts.spare + PAIR_LOWEST;
  const worst = mostPromising(accounts, variant, chunks, initial);
  putF64(depth, 0, 0);
  putF64(peak, 0, initial);
  if (worst >= 0) foldFrom(accounts, variant, worst, peakBefore(accounts, variant, worst, 0, initial));
  const afterWorst = f64At(peak, 0);
  // the peak before chunk `from`, and the most it can be before the current one
  let known = initial;
  let from = 0;
  let top = initial;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const record = variantChunk(accounts, variant, chunk);
    const high = f64At(record + CHUNK_HIGH, 0);
    // an infinite equity is a peak that nothing falls from
    if (!(high < Infinity)) return NaN;
    const above = max<f64>(top, high);
    if (chunk == worst) {
      known = afterWorst;
    } else if (fallBound(f64At(record + CHUNK_LOW, 0), above, initial) <= f64At(depth, 0)) {
      top = above;
      continue;
    } else {
      foldFrom(accounts, variant, chunk, peakBefore(accounts, variant, chunk, from, known));
      known = f64At(peak, 0);
    }
    from = chunk + 1;
    top = known;
    if (!(known < Infinity && f64At(depth, 0) < Infinity)) return NaN;
  }
  return f64At(depth, 0);
}

/** The chunk with the largest bound, -1 where none exceeds 0. Looks at chunks that have no upper bound. */
function mostPromising(accounts: MeasuredAccounts, variant: i32, chunks: i32, initial: f64): i32 {
  let top = initial;
  let largest: f64 = 0;
  let found = -1;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const record = variantChunk(accounts, variant, chunk);
    let high = f64At(record + CHUNK_HIGH, 0);
    if (!(high < Infinity)) high = lookForPeak(accounts, variant, chunk, record, initial);
    top = max<f64>(top, high);
    const bound = fallBound(f64At(record + CHUNK_LOW, 0), top, initial);
    if (bound > largest) {
      largest = bound;
      found = chunk;
    }
  }
  return found;
}

/** A peak lies between the initial cash and `top`: from which of them an equity has fallen more depends on its sign. */
function fallBound(low: f64, top: f64, initial: f64): f64 {
  return 1.0 - low / (low >= 0.0 ? top : initial);
}

/**
 * The highest equity before a chunk, given that before chunk `from`. Looks at the chunk that can exceed it most, and then at
 * those that still can: two passes, however many these are.
 */
function peakBefore(accounts: MeasuredAccounts, variant: i32, chunk: i32, from: i32, before: f64): f64 {
  let highest = before;
  let found = -1;
  for (let earlier = from; earlier < chunk; earlier++) {
    const high = f64At(variantChunk(accounts, variant, earlier) + CHUNK_HIGH, 0);
    if (high <= highest) continue;
    highest = high;
    found = earlier;
  }
  if (found < 0) return before;
  let known = max<f64>(before, peakIn(accounts, variant, found));
  for (let earlier = from; earlier < chunk; earlier++) {
    const high = f64At(variantChunk(accounts, variant, earlier) + CHUNK_HIGH, 0);
    if (high > known) known = max<f64>(known, peakIn(accounts, variant, earlier));
  }
  return known;
}

/** The highest equity of a chunk, or the initial cash where that is more. */
function peakIn(accounts: MeasuredAccounts, variant: i32, chunk: i32): f64 {
  const record = variantChunk(accounts, variant, chunk);
  if (f64At(record + CHUNK_KNOWN, 0) != 0.0) return f64At(record + CHUNK_HIGH, 0);
  return lookForPeak(accounts, variant, chunk, record, initCash(accountOf(accounts.slice)));
}

/** Puts the highest equity of a chunk, or the initial cash where that is more, in place of its upper bound. */
function lookForPeak(
  accounts: MeasuredAccounts,
  variant: i32,
  chunk: i32,
  record: usize,
  initial: f64,
): f64 {
  const peak = accounts.spare + PAIR_HIGHEST;
  const depth = accounts.spare + PAIR_LOWEST;
  const deepest = f64At(depth, 0);
  putF64(peak, 0, initial);
  // no fall is deeper: peaks alone matter
  putF64(depth, 0, Infinity);
  foldChunk(accounts, variant, chunk, peak, depth);
  putF64(depth, 0, deepest);
  putF64(record + CHUNK_HIGH, 0, f64At(peak, 0));
  putF64(record + CHUNK_KNOWN, 0, 1);
  return f64At(peak, 0);
}

/** Folds a chunk into the deepest fall, from the peak before it. */
function foldFrom(accounts: MeasuredAccounts, variant: i32, chunk: i32, before: f64): void {
  const peak = accounts.spare + PAIR_HIGHEST;
  putF64(peak, 0, before);
  foldChunk(accounts, variant, chunk, peak, accounts.spare + PAIR_LOWEST);
}

function variantChunk(accounts: MeasuredAccounts, variant: i32, chunk: i32): usize {
  return chunkAt(accounts, chunk, variant >> 1) + ((variant & 1) << 3);
}
