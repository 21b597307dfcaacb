import { i32At, putI32, rawF32At, recordAt } from "../../memory.ts";

const DIGIT_BITS = 8;
const DIGITS = 256;

/** Bytes of the counters that {@link rankValues} works with. */
export const RANKING_BYTES = 1024;

/**
 * Ranks the values of an f32 column: equal values share a rank, the smallest has 1, NaN has 0. Returns how many ranks
 * there are. `ranks` holds `count` i32, `work` two lists of `count` 8-byte records, `counters` RANKING_BYTES.
 *
 * Least significant digit radix sort: four stable passes of one byte each over keys that order as the values do.
 */
export function rankValues(column: usize, ranks: usize, work: usize, counters: usize, count: i32): i32 {
  let from = work;
  let to = recordAt(work, count, RECORD_STRIDE);
  const known = listKeys(column, ranks, from, count);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    sortByDigit(from, to, counters, known, shift);
    const sorted = to;
    to = from;
    from = sorted;
  }
  let rank = 0;
  let previous: u32 = 0;
  for (let i = 0; i < known; i++) {
    const key = keyAt(from, i);
    if (i == 0 || key != previous) rank++;
    previous = key;
    putI32(ranks, barAt(from, i), rank);
  }
  return rank;
}

// A record is a key and the bar it belongs to, u32 and i32.
const RECORD_STRIDE = 8;
const RECORD_BAR = 4;

function listKeys(column: usize, ranks: usize, records: usize, count: i32): i32 {
  let known = 0;
  for (let t = 0; t < count; t++) {
    putI32(ranks, t, 0);
    const value = rawF32At(column, t);
    if (isNaN<f32>(value)) continue;
    putRecord(records, known++, orderedKey(value), t);
  }
  return known;
}

/** Unsigned integers that order as the floats do; adding 0 makes -0 the same as 0. */
function orderedKey(value: f32): u32 {
  const bits = reinterpret<u32>(value + (0 as f32));
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000;
}

function sortByDigit(from: usize, to: usize, counters: usize, count: i32, shift: i32): void {
  memory.fill(counters, 0, RANKING_BYTES as usize);
  for (let i = 0; i < count; i++) {
    const digit = digitOf(keyAt(from, i), shift);
    putI32(counters, digit, i32At(counters, digit) + 1);
  }
  let start = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const size = i32At(counters, digit);
    putI32(counters, digit, start);
    start += size;
  }
  for (let i = 0; i < count; i++) {
    const key = keyAt(from, i);
    const digit = digitOf(key, shift);
    const place = i32At(counters, digit);
    putI32(counters, digit, place + 1);
    putRecord(to, place, key, barAt(from, i));
  }
}

function digitOf(key: u32, shift: i32): i32 {
  return ((key >> (shift as u32)) & 0xff) as i32;
}

function keyAt(records: usize, index: i32): u32 {
  return load<u32>(recordAt(records, index, RECORD_STRIDE));
}

function barAt(records: usize, index: i32): i32 {
  return load<i32>(recordAt(records, index, RECORD_STRIDE) + (RECORD_BAR as usize));
}

function putRecord(records: usize, index: i32, key: u32, bar: i32): void {
  const record = recordAt(records, index, RECORD_STRIDE);
  store<u32>(record, key);
  store<i32>(record + (RECORD_BAR as usize), bar);
}
