import type { Duplicates } from "../../../core/bars/mod.ts";
import { shownTime } from "../../../core/text/mod.ts";
import { refusal } from "./candle_refusal.ts";

/** Rows as they were read, part after part. */
export interface RowsToOrder {
  readonly label: string;
  readonly times: Float64Array;
  /** Where each part begins. */
  readonly starts: readonly number[];
  readonly duplicates: Duplicates;
  /** Whether two rows are the same in all values. */
  same(row: number, other: number): boolean;
  /** Of a row as it was read. */
  place(row: number): string;
}

/** Whether times ascend and no one is there twice. */
export function ascends(times: Float64Array): boolean {
  for (let row = 1; row < times.length; row++) if (!(times[row]! > times[row - 1]!)) return false;
  return true;
}

/**
 * The rows to take, in order of time: rows of several parts with one time and the same values are one, of others with one
 * time the first or the last that was read is taken. Throws a `validation_error` where they are refused.
 */
export function timeOrder({ label, times, starts, duplicates, same, place }: RowsToOrder): Uint32Array {
  const order = Uint32Array.from(times, (_, row) => row);
  order.sort((a, b) => times[a]! - times[b]! || a - b);
  const partOf = (row: number) => starts.findLastIndex((start) => start <= row);
  let kept = 0;
  for (const row of order) {
    const before = order[kept - 1];
    if (kept === 0 || times[before!] !== times[row]) {
      order[kept++] = row;
      continue;
    }
    if (partOf(before!) !== partOf(row) && same(before!, row)) continue;
    if (duplicates === "last") order[kept - 1] = row;
    if (duplicates !== "refuse") continue;
    throw refusal(
      { label },
      `two rows are of ${shownTime(times[row]!)},${place(before!)} and${place(row)}` +
        `${same(before!, row) ? "" : ", with other values"}; --duplicates first or last takes one of them`,
    );
  }
  return order.slice(0, kept);
}
