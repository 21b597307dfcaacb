import { type CandleColumns, emptyCandles, type TimeRange } from "./candles.ts";
import { validationError } from "./errors.ts";
import type { Calendar } from "./timeframe.ts";

/** The longest series that is built: 38 years of minutes. */
export const barsMax = 20_000_000;

/** What bars are built, and from when to when. */
export interface RollUpOptions {
  /** The load range; both ends on a minute. */
  readonly range: TimeRange;
  /** Length of the bars to build. */
  readonly timeframeMs: number;
  /** What an empty bucket means. */
  readonly calendar: Calendar;
}

/**
 * Rolls stored candles up into bars on the epoch's own grid; days are UTC days.
 *
 * A stored row counts when it opens on a minute inside the range; of two with the same time the later one wins. A bar
 * takes the rows with a finite close: first open, highest high, lowest low, last close, sum of volumes in f64. When one
 * of these is not finite, or there are no rows, the bucket is empty: a `continuous` market repeats the close before it
 * with volume 0, a `sessions` market has no bar there, and neither has one before the first bucket with data. The last
 * bar closes before the range ends. Answers no rows when there is no data. Throws `validation_error` beyond
 * {@link barsMax} bars.
 */
export function rollUp(candles: CandleColumns, options: RollUpOptions): CandleColumns {
  const { range, timeframeMs, calendar } = options;
  const rows = usableRows(candles, range);
  if (rows.length === 0) return emptyCandles(0);
  const bucketOf = (row: number) => Math.floor(candles.tsOpenMs[row] / timeframeMs);
  const lastBucket = Math.ceil(range.endMs / timeframeMs) - 2;
  const bars = emptyCandles(capacity(bucketOf(rows[0]), { lastBucket, rows: rows.length, ...options }));

  let bar = 0;
  let next = 0;
  const following = (bucket: number) => {
    if (calendar === "continuous") return bucket + 1;
    return next < rows.length ? bucketOf(rows[next]) : Infinity;
  };
  for (let bucket = bucketOf(rows[0]); bucket <= lastBucket; bucket = following(bucket)) {
    const openMs = bucket * timeframeMs;
    const from = next;
    while (next < rows.length && candles.tsOpenMs[rows[next]] < openMs + timeframeMs) next++;
    const filled = aggregate({ candles, rows, from, to: next }, { bars, bar });
    if (!filled && (calendar === "sessions" || bar === 0)) continue;
    if (!filled) carryForward(bars, bar);
    bars.tsOpenMs[bar++] = openMs;
  }
  return firstBars(bars, bar);
}

/** Indexes of the rows that count, ascending by time, one per time. */
function usableRows(candles: CandleColumns, range: TimeRange): Uint32Array {
  const { tsOpenMs } = candles;
  const rows = new Uint32Array(tsOpenMs.length);
  let count = 0;
  let ascending = true;
  for (let row = 0; row < tsOpenMs.length; row++) {
    const openMs = tsOpenMs[row];
    if (openMs < range.startMs || openMs >= range.endMs || openMs % 60_000 !== 0) continue;
    if (count > 0 && openMs <= tsOpenMs[rows[count - 1]]) ascending = false;
    rows[count++] = row;
  }
  const usable = rows.subarray(0, count);
  return ascending ? usable : sortedDistinct(usable, tsOpenMs);
}

function sortedDistinct(rows: Uint32Array, tsOpenMs: Float64Array): Uint32Array {
  rows.sort((a, b) => tsOpenMs[a] - tsOpenMs[b] || a - b);
  return rows.filter((row, i) => i + 1 === rows.length || tsOpenMs[rows[i + 1]] !== tsOpenMs[row]);
}

/** Upper bound of the number of bars. */
function capacity(
  firstBucket: number,
  options: RollUpOptions & { readonly lastBucket: number; readonly rows: number },
): number {
  const { lastBucket, rows, timeframeMs, calendar } = options;
  const buckets = Math.max(lastBucket - firstBucket + 1, 0);
  const bars = calendar === "sessions" ? Math.min(buckets, rows) : buckets;
  if (bars <= barsMax) return bars;
  const message = `Cannot build ${bars} bars of ${timeframeMs / 1000} s: at most ${barsMax} are allowed`;
  throw validationError(message, [{ path: "body.time_range", code: "max_value", message }]);
}

/** Writes one bar from `rows[from..to)`; false, with nothing that counts written, when the bucket is empty. */
function aggregate(
  source: { candles: CandleColumns; rows: Uint32Array; from: number; to: number },
  target: { bars: CandleColumns; bar: number },
): boolean {
  const { candles, rows, from, to } = source;
  const { bars, bar } = target;
  let open = NaN, high = -Infinity, low = Infinity, close = NaN, volume = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    if (!Number.isFinite(candles.close[row])) continue;
    if (Number.isNaN(close)) open = candles.open[row];
    // A missing high or low makes the result NaN and so the whole bucket empty.
    high = Math.max(high, candles.high[row]);
    low = Math.min(low, candles.low[row]);
    close = candles.close[row];
    volume += candles.volume[row];
  }
  if (!(isFinite(open) && isFinite(high) && isFinite(low) && isFinite(close) && isFinite(volume))) {
    return false;
  }
  bars.open[bar] = open;
  bars.high[bar] = high;
  bars.low[bar] = low;
  bars.close[bar] = close;
  bars.volume[bar] = volume;
  return true;
}

function carryForward(bars: CandleColumns, bar: number): void {
  const close = bars.close[bar - 1];
  bars.open[bar] = close;
  bars.high[bar] = close;
  bars.low[bar] = close;
  bars.close[bar] = close;
  bars.volume[bar] = 0;
}

function firstBars(bars: CandleColumns, count: number): CandleColumns {
  if (count === bars.close.length) return bars;
  return {
    tsOpenMs: bars.tsOpenMs.slice(0, count),
    open: bars.open.slice(0, count),
    high: bars.high.slice(0, count),
    low: bars.low.slice(0, count),
    close: bars.close.slice(0, count),
    volume: bars.volume.slice(0, count),
  };
}
