import { barsOf } from "../execution/slice.ts";
import { MEASURE_DRAWDOWN, MEASURE_LOSS, MEASURE_PROFIT, MEASURE_STRIDE, MEASURE_TRADES } from "../layout.ts";
import { f64At, putField, recordAt } from "../memory.ts";
import {
  accountAt,
  accountBytes,
  endAccounts,
  MeasuredAccounts,
  openAccounts,
  PAIR_BYTES,
  PAIR_CASH,
  PAIR_HIGHEST,
  PAIR_LOSS,
  PAIR_LOWEST,
  PAIR_MADE,
  PAIR_PROFIT,
} from "./accounts.ts";
import { CHUNK_CASH, chunkAt, chunkBytes, chunksOf } from "./chunk_bounds.ts";
import { foldChunk } from "./chunk_replay.ts";
import { deepestFall } from "./fall_search.ts";
import { tradeSignals } from "./signal_walk.ts";
import { evenVariants } from "./trade_lists.ts";

/** Bytes of working memory that `measureSignals` needs for that many variants and bars. */
export function measuredSignalBytes(variants: i32, bars: i32): f64 {
  return accountBytes(variants) + (PAIR_BYTES as f64) + chunkBytes(evenVariants(variants) >> 1, bars);
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
  assert(variants >= 0);
  const accounts = openAccounts<MeasuredAccounts>(slice, variants, work);
  accounts.slice = slice;
  accounts.masks = masks;
  accounts.indicators = indicators;
  accounts.sides = sides;
  accounts.spare = recordAt(accounts.pairs, accounts.count, PAIR_BYTES);
  accounts.chunks = accounts.spare + PAIR_BYTES;
  tradeSignals<MeasuredAccounts>(slice, accounts, masks, indicators, sides);
  for (let v = 0; v < variants; v++) writeMeasures(accounts, v, recordAt(measures, v, MEASURE_STRIDE));
  endAccounts(slice, accounts, scores);
}

/** Writes a variant's record. Without bars, or a fill, there is no drawdown. */
function writeMeasures(accounts: MeasuredAccounts, variant: i32, measure: usize): void {
  const account = accountAt(accounts, variant);
  const cash = f64At(account + PAIR_CASH, 0);
  const hasFall = barsOf(accounts.slice) > 0 && cash == cash;
  putField(measure, MEASURE_DRAWDOWN, hasFall ? deepestFall(accounts, variant) : NaN);
  putField(measure, MEASURE_PROFIT, f64At(account + PAIR_PROFIT, 0));
  putField(measure, MEASURE_LOSS, f64At(account + PAIR_LOSS, 0));
  const last = cash > 0.0 ? 0 : lastTrades(accounts, variant);
  putField(measure, MEASURE_TRADES, f64At(account + PAIR_MADE, 0) + (last as f64));
}

/** How many trades an account without cash made in the chunk in which it lost it. */
function lastTrades(accounts: MeasuredAccounts, variant: i32): i32 {
  const lane = ((variant & 1) << 3) as usize;
  let chunk = chunksOf(barsOf(accounts.slice)) - 1;
  while (chunk > 0 && !(f64At(chunkAt(accounts, chunk, variant >> 1) + CHUNK_CASH + lane, 0) > 0.0)) chunk--;
  if (chunk < 0) return 0;
  return foldChunk(accounts, variant, chunk, accounts.spare + PAIR_HIGHEST, accounts.spare + PAIR_LOWEST);
}
