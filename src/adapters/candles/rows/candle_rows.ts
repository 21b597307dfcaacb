import type { CandleColumns, WithFurther } from "../../../core/bars/mod.ts";
import type { CandleSink } from "./candle_sink.ts";

/** Candle rows that are added one at a time to columns that grow; none is refused. */
export interface CandleRows extends CandleSink {
  readonly count: number;
  /** The rows so far; the columns may share memory with later ones. */
  columns(): { readonly candles: CandleColumns } & WithFurther;
}

/** No rows yet, with further columns of these names. */
export function createCandleRows(further: readonly string[] = []): CandleRows {
  let length = 4096;
  let times = new Float64Array(length);
  let values = Array.from({ length: 5 + further.length }, () => new Float32Array(length));
  let count = 0;
  const grow = () => {
    length *= 2;
    const [oldTimes, oldValues] = [times, values];
    times = new Float64Array(length);
    times.set(oldTimes);
    values = oldValues.map((column) => {
      const larger = new Float32Array(length);
      larger.set(column);
      return larger;
    });
  };
  return {
    get count() {
      return count;
    },
    add(row) {
      if (count === length) grow();
      times[count] = row[0]!;
      for (let i = 0; i < values.length; i++) values[i]![count] = row[i + 1]!;
      count++;
      return null;
    },
    columns() {
      const [open, high, low, close, volume, ...more] = values.map((column) => column.subarray(0, count));
      return {
        candles: {
          tsOpenMs: times.subarray(0, count),
          open: open!,
          high: high!,
          low: low!,
          close: close!,
          volume: volume!,
        },
        ...(more.length === 0 ? {} : { further: new Map(further.map((name, i) => [name, more[i]!])) }),
      };
    },
  };
}
