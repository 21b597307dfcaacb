import { median } from "../numbers/mod.ts";
import type { BarGrid, Bucket } from "./bar_grid.ts";
import type { CandleColumns, TimeRange } from "./candles.ts";
import type { Calendar } from "./timeframe.ts";
import { type UsableRows, usableRows } from "./usable_rows.ts";

/** Rows and where they may end. */
export interface LastBarInput {
  readonly candles: CandleColumns;
  /** Spacing of the rows. */
  readonly storedMs: number;
  /** From the first row the source holds to the end of its last one. */
  readonly covers: TimeRange;
  /** Rows that open in it were loaded; ends on a minute. */
  readonly range: TimeRange;
  readonly grid: BarGrid;
  readonly calendar: Calendar;
}

/** Where the bars end. */
export interface LastBar {
  /** Buckets that open at this time or later are not built: without data, not closed within the range, or partial. */
  readonly untilMs: number;
  /** The same with the partial bar, unless it closes with the range, where no bar is traded. */
  readonly untilWithPartialMs: number;
  /** The bucket that range or data ends inside of; null when the last bar is whole. */
  readonly partial: Bucket | null;
}

/** How many earlier bars tell where such a bar usually ends. */
const barsCompared = 20;
const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Finds the end of the data and the bar that is only partly there. In a `continuous` market that is a bar after whose last
 * row another would fit; in one with `sessions` a bar whose last row lies earlier in it than usual: by the median of the
 * last twenty bars before it at the same time of the week, where there are two, else of the day, else of any. A month,
 * which ends on any day of the week, is partial where a row of the seven days before its last one, a week later, would
 * still open in it.
 */
export function lastBar(input: LastBarInput): LastBar {
  const { covers, storedMs, range, grid } = input;
  const cutOff = grid.bucketAt(range.endMs - 1);
  const dataEnd = grid.bucketAt(covers.endMs - storedMs);
  const last = dataEnd.openMs < cutOff.openMs ? dataEnd : cutOff;
  const untilMs = last === dataEnd ? dataEnd.closeMs : cutOff.openMs;
  const endsWithRange = cutOff.closeMs === range.endMs && dataEnd.openMs > cutOff.openMs;
  if (endsWithRange || !isPartial(last, input)) {
    return { untilMs, untilWithPartialMs: untilMs, partial: null };
  }
  const { openMs, closeMs } = last;
  return {
    untilMs: openMs,
    untilWithPartialMs: closeMs === range.endMs ? openMs : closeMs,
    partial: last,
  };
}

function isPartial(bucket: Bucket, input: LastBarInput): boolean {
  const { candles: { tsOpenMs }, storedMs, calendar } = input;
  const rows = usableRows(input.candles, input.range);
  const lastMs = rows.length === 0 ? -Infinity : tsOpenMs[rows.at(rows.length - 1)]!;
  if (!(lastMs >= bucket.openMs && lastMs < bucket.closeMs)) return false;
  if (calendar === "sessions" && input.grid.timeframe === "1M") {
    return wouldGoOn(lastMs, { bucket, rows, input });
  }
  if (calendar === "sessions") return lastMs - bucket.openMs < usualEndMs(bucket, { rows, ...input });
  const openMs = storedMs < minuteMs ? lastMs : Math.floor(lastMs / minuteMs) * minuteMs;
  return bucket.closeMs - (openMs + storedMs) >= storedMs;
}

/** Whether the rows of the week up to the last one, moved on by a week, open in the bucket. */
function wouldGoOn(
  lastMs: number,
  { bucket, rows, input: { candles: { tsOpenMs }, storedMs } }: {
    readonly bucket: Bucket;
    readonly rows: UsableRows;
    readonly input: LastBarInput;
  },
): boolean {
  if (storedMs > 7 * dayMs) return false;
  let next = rows.length - 1;
  while (next > 0 && tsOpenMs[rows.at(next - 1)]! > lastMs - 7 * dayMs) next--;
  // the first of them is the first to come again
  const firstMs = tsOpenMs[rows.at(next)]!;
  const clockChangeMs = storedMs < dayMs ? 0 : 3_600_000;
  return firstMs + 7 * dayMs + clockChangeMs < bucket.closeMs;
}

/** Time from a bar's open to its last row, as the bars before have it; 0 when there are none. */
function usualEndMs(
  bucket: Bucket,
  { candles: { tsOpenMs }, grid, rows }: LastBarInput & { readonly rows: UsableRows },
): number {
  const sameWeekTime: number[] = [], sameDayTime: number[] = [], any: number[] = [];
  const note = (ends: number[], endMs: number) => ends.length < barsCompared && ends.push(endMs);
  let before = bucket;
  for (let i = rows.length - 1; i >= 0 && sameWeekTime.length < barsCompared; i--) {
    const openMs = tsOpenMs[rows.at(i)]!;
    if (openMs >= before.openMs) continue;
    before = grid.bucketAt(openMs);
    const agoMs = bucket.openMs - before.openMs;
    note(any, openMs - before.openMs);
    if (agoMs % dayMs === 0) note(sameDayTime, openMs - before.openMs);
    if (agoMs % (7 * dayMs) === 0) note(sameWeekTime, openMs - before.openMs);
  }
  const ends = [sameWeekTime, sameDayTime].find((ends) => ends.length > 1) ?? any;
  return ends.length === 0 ? 0 : median(ends);
}
