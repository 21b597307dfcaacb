import type { CandleColumns } from "./candles.ts";
import type { UsableRows } from "./usable_rows.ts";

/** The rows of one bucket: `rows` from `from` to before `to` are indexes into the columns, ascending by time. */
export interface BucketRows {
  readonly candles: CandleColumns;
  readonly rows: UsableRows;
  readonly from: number;
  readonly to: number;
}

/** What became of a bucket's rows. */
export interface BucketOutcome {
  /** False: nothing that counts was written. */
  readonly made: boolean;
  /** Rows that lack a value in a bar that stands all the same. */
  readonly incomplete: number;
}

const nothing: BucketOutcome = { made: false, incomplete: 0 };
const whole: BucketOutcome = { made: true, incomplete: 0 };

/**
 * Writes the bar of a bucket: first open, highest high, lowest low, last close, sum of volumes in f64. A bucket of one row
 * needs all five values of it. Of several rows each gives what it has: a missing high or low is that of its other prices,
 * a missing volume is 0; open is the first there is, close the last. Without any open or close there is no bar.
 */
export function rollUpBucket(
  { candles, rows, from, to }: BucketRows,
  { bars, bar }: { readonly bars: CandleColumns; readonly bar: number },
): BucketOutcome {
  let open = NaN, high = -Infinity, low = Infinity, close = NaN, volume = 0;
  let incomplete = 0;
  for (let i = from; i < to; i++) {
    const row = rows.at(i);
    const o = candles.open[row]!, h = candles.high[row]!, l = candles.low[row]!;
    const c = candles.close[row]!, v = candles.volume[row]!;
    if (Number.isFinite(o + h + l + c + v)) {
      if (Number.isNaN(open)) open = o;
      if (h > high) high = h;
      if (l < low) low = l;
      close = c;
      volume += v;
      continue;
    }
    incomplete++;
    const known = [o, h, l, c].filter(Number.isFinite);
    high = Math.max(high, ...(Number.isFinite(h) ? [h] : known));
    low = Math.min(low, ...(Number.isFinite(l) ? [l] : known));
    if (Number.isNaN(open) && Number.isFinite(o)) open = o;
    if (Number.isFinite(c)) close = c;
    if (Number.isFinite(v)) volume += v;
  }
  if (incomplete > 0 && to - from === 1) return nothing;
  if (!Number.isFinite(open) || !Number.isFinite(close)) return nothing;
  bars.open[bar] = open;
  bars.high[bar] = high;
  bars.low[bar] = low;
  bars.close[bar] = close;
  bars.volume[bar] = volume;
  return incomplete === 0 ? whole : { made: true, incomplete };
}
