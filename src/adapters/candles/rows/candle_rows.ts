import type { CandleColumns, WithFurther } from "../../../core/bars/mod.ts";
import type { CandleSink } from "./candle_sink.ts";

/** Candle rows that are added one at a time to columns that grow; none is refused. */
export interface CandleRows extends CandleSink {
  readonly count: number;
  /** The rows so far; the columns may share memory with later ones. */
  columns(): { readonly candles: CandleColumns } & WithFurther;
}

const firstPage = 4096;

/** Rows that a column grows by at most: so much of it may be empty, and it is never copied to grow. */
const largestPage = 262_144;

/** Room for more rows than these is not made beforehand. */
const expectedMax = 100_000_000;

/**
 * No rows yet, with further columns of these names. Room for `expected` rows is made at once: of memory that is not written
 * the system keeps none, so it may be far too many, and what fits in is never copied.
 */
export function createCandleRows(further: readonly string[] = [], expected = 0): CandleRows {
  let length = Math.min(Math.max(Math.ceil(expected), firstPage), expectedMax);
  let times = new Float64Array(length);
  let values = Array.from({ length: 5 + further.length }, () => new Float32Array(length));
  const fullTimes: Float64Array[] = [];
  const fullValues: Float32Array[][] = values.map(() => []);
  let [before, count] = [0, 0];
  const turn = () => {
    fullTimes.push(times.subarray(0, count));
    values.forEach((column, i) => fullValues[i]!.push(column.subarray(0, count)));
    before += count;
    count = 0;
    length = Math.min(2 * length, largestPage);
    times = new Float64Array(length);
    values = values.map(() => new Float32Array(length));
  };
  const named = (
    [tsOpenMs, open, high, low, close, volume, ...more]: readonly (Float32Array | Float64Array)[],
  ) => ({
    candles: { tsOpenMs, open, high, low, close, volume } as CandleColumns,
    ...(more.length === 0
      ? {}
      : { further: new Map(further.map((name, i) => [name, more[i] as Float32Array])) }),
  });
  return {
    get count() {
      return before + count;
    },
    add(row) {
      if (count === length) turn();
      times[count] = row[0]!;
      for (let i = 0; i < values.length; i++) values[i]![count] = row[i + 1]!;
      count++;
      return null;
    },
    columns() {
      if (before === 0 && count > 0) {
        return named([times, ...values].map((column) => column.subarray(0, count)));
      }
      turn();
      // one after the other, so that no more than one column is there twice
      return named([
        joined(fullTimes, new Float64Array(before)),
        ...fullValues.map((pages) => joined(pages, new Float32Array(before))),
      ]);
    },
  };
}

/** All pages in one column, which takes their place. */
function joined<Column extends Float32Array | Float64Array>(pages: Column[], column: Column): Column {
  let at = 0;
  for (let page = pages.shift(); page !== undefined; page = pages.shift()) {
    column.set(page, at);
    at += page.length;
  }
  pages.push(column);
  return column;
}
