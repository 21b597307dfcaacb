import { validationError } from "../errors/mod.ts";
import type { BarGrid, Bucket } from "./bar_grid.ts";
import { type CandleColumns, emptyCandles, sharedBytes, type TimeRange } from "./candles.ts";
import { rollUpBucket } from "./rollup_bucket.ts";
import type { Calendar } from "./timeframe.ts";
import { usableRows } from "./usable_rows.ts";

/** The longest series that is built: 38 years of minutes. */
export const barsMax = 20_000_000;

/** What bars are built, and from when to when. */
export interface RollUpOptions {
  /** Rows that open in it count. */
  readonly range: TimeRange;
  readonly grid: BarGrid;
  /** What an empty bucket means. */
  readonly calendar: Calendar;
  /** Buckets that open at this time or later are not built. */
  readonly untilMs: number;
}

/** Things that were counted, and when the first of them opens; NaN when there are none. */
export interface Tally {
  readonly count: number;
  readonly firstMs: number;
}

/** Bars and what became of the rows. */
export interface RolledBars {
  readonly candles: CandleColumns;
  /** Close of every bar, epoch ms. */
  readonly tsCloseMs: Float64Array;
  /** 1 for a bar made of rows, 0 for one that repeats the close before it. */
  readonly made: Uint8Array<ArrayBuffer>;
  /** Rows without one of their values in a bar that others made whole. */
  readonly incompleteRows: Tally;
  /** Opens of the buckets that have rows and are no bar for want of a value. */
  readonly lostMs: readonly number[];
}

/**
 * Rolls stored candles up into the bars of a grid: a row belongs to the bucket its open time lies in; of two rows with
 * the same time the later one wins. What makes a bar is {@link rollUpBucket}'s to say. A bucket that is none is a repeat
 * of the close before it with volume 0 in a `continuous` market, and no bar in a `sessions` market, nor in either before
 * the first bar. No bars when there is no data. Throws `validation_error` beyond {@link barsMax} bars.
 */
export function rollUp(candles: CandleColumns, options: RollUpOptions): RolledBars {
  const { range, grid, calendar, untilMs } = options;
  const rows = usableRows(candles, range);
  if (rows.length === 0) return cut(emptyBars(0), { count: 0, incompleteRows: none, lostMs: [] });
  const openMsOf = (row: number) => candles.tsOpenMs[rows.at(row)]!;
  const firstMs = grid.bucketAt(openMsOf(0)).openMs;
  const bars = emptyBars(capacity(firstMs, { rows: rows.length, ...options }));

  let bar = 0;
  let next = 0;
  let incompleteRows: Tally = none;
  const lostMs: number[] = [];
  const following = ({ closeMs }: Bucket) => {
    if (calendar === "continuous") return grid.bucketAt(closeMs);
    return next < rows.length ? grid.bucketAt(openMsOf(next)) : null;
  };
  let bucket: Bucket | null = grid.bucketAt(firstMs);
  for (; bucket !== null && bucket.openMs < untilMs; bucket = following(bucket)) {
    const from = next;
    while (next < rows.length && openMsOf(next) < bucket.closeMs) next++;
    const { made, incomplete } = rollUpBucket({ candles, rows, from, to: next }, { bars: bars.candles, bar });
    if (incomplete > 0) incompleteRows = add(incompleteRows, { count: incomplete, firstMs: bucket.openMs });
    if (!made && next > from) lostMs.push(bucket.openMs);
    if (!made && (calendar === "sessions" || bar === 0)) continue;
    if (!made) carryForward(bars.candles, bar);
    bars.made[bar] = made ? 1 : 0;
    bars.candles.tsOpenMs[bar] = bucket.openMs;
    bars.tsCloseMs[bar++] = bucket.closeMs;
  }
  return cut(bars, { count: bar, incompleteRows, lostMs });
}

const none: Tally = { count: 0, firstMs: NaN };

function add(sum: Tally, more: Tally): Tally {
  return { count: sum.count + more.count, firstMs: sum.count === 0 ? more.firstMs : sum.firstMs };
}

/** Upper bound of the number of bars. */
function capacity(firstMs: number, options: RollUpOptions & { readonly rows: number }): number {
  const { rows, grid, calendar, untilMs } = options;
  const buckets = Math.max(grid.barsIn(untilMs - firstMs), 0);
  const bars = calendar === "sessions" ? Math.min(buckets, rows) : buckets;
  if (bars <= barsMax) return bars;
  const message = `Cannot build ${bars} bars of ${grid.timeframe}: at most ${barsMax} are allowed`;
  throw validationError(message, [{ path: "body.time_range", code: "max_value", message }]);
}

function carryForward(bars: CandleColumns, bar: number): void {
  const close = bars.close[bar - 1]!;
  bars.open[bar] = close;
  bars.high[bar] = close;
  bars.low[bar] = close;
  bars.close[bar] = close;
  bars.volume[bar] = 0;
}

type BarColumns = Pick<RolledBars, "candles" | "tsCloseMs" | "made">;

function emptyBars(length: number): BarColumns {
  return {
    candles: emptyCandles(length),
    tsCloseMs: new Float64Array(sharedBytes(8 * length)),
    made: new Uint8Array(length),
  };
}

function cut(
  { candles, tsCloseMs, made }: BarColumns,
  { count, ...rest }: Pick<RolledBars, "incompleteRows" | "lostMs"> & { readonly count: number },
): RolledBars {
  if (count === made.length) return { candles, tsCloseMs, made, ...rest };
  // no copy for the few rows that were expected and did not come
  const first = <Column extends Float32Array | Float64Array>(column: Column) =>
    column.subarray(0, count) as Column;
  return {
    candles: {
      tsOpenMs: first(candles.tsOpenMs),
      open: first(candles.open),
      high: first(candles.high),
      low: first(candles.low),
      close: first(candles.close),
      volume: first(candles.volume),
    },
    tsCloseMs: first(tsCloseMs),
    made: made.slice(0, count),
    ...rest,
  };
}
