import { type BarGrid, type CandleColumns, emptyCandles } from "../bars/mod.ts";

/** The bars of a higher timeframe, and which of them is known on every bar below. */
export interface HigherCandles {
  readonly candles: CandleColumns;
  /** Further columns by name. */
  readonly columns: Readonly<Record<string, Float32Array<ArrayBuffer>>>;
  /** Per bar below: the last higher bar that is over by its close, -1 before the first. */
  readonly steps: Int32Array<ArrayBuffer>;
}

/**
 * Rolls bars up: first open, highest high, lowest low, last close, sum of the volumes in f64, of a further column the last
 * known value. A bucket that begins before the first bar counts with what it has, one without a bar does not exist.
 */
export function higherCandles(
  below: {
    readonly candles: CandleColumns;
    readonly closeMs: Float64Array;
    readonly columns: Readonly<Record<string, Float32Array>>;
  },
  grid: BarGrid,
): HigherCandles {
  const { candles: { tsOpenMs }, closeMs } = below;
  const firsts: number[] = [];
  const ends: number[] = [];
  const opens: number[] = [];
  tsOpenMs.forEach((timeMs, bar) => {
    if (bar > 0 && timeMs < ends.at(-1)!) return;
    const bucket = grid.bucketAt(timeMs);
    firsts.push(bar);
    opens.push(bucket.openMs);
    ends.push(bucket.closeMs);
  });
  const candles = emptyCandles(firsts.length);
  firsts.forEach((from, i) => {
    const to = firsts[i + 1] ?? tsOpenMs.length;
    candles.tsOpenMs[i] = opens[i]!;
    rollBar(below.candles, { from, to, candles, i });
  });
  const columns = Object.fromEntries(
    Object.entries(below.columns).map(([name, column]) => [name, lastKnown(column, firsts)]),
  );
  const steps = new Int32Array(tsOpenMs.length);
  let step = -1;
  closeMs.forEach((endMs, bar) => {
    while (step + 1 < ends.length && ends[step + 1]! <= endMs) step++;
    steps[bar] = step;
  });
  return { candles, columns, steps };
}

function rollBar(
  below: CandleColumns,
  { from, to, candles, i }: {
    readonly from: number;
    readonly to: number;
    readonly candles: CandleColumns;
    readonly i: number;
  },
): void {
  let [high, low, volume] = [-Infinity, Infinity, 0];
  for (let bar = from; bar < to; bar++) {
    high = Math.max(high, below.high[bar]!);
    low = Math.min(low, below.low[bar]!);
    volume += below.volume[bar]!;
  }
  candles.open[i] = below.open[from]!;
  candles.high[i] = high;
  candles.low[i] = low;
  candles.close[i] = below.close[to - 1]!;
  candles.volume[i] = volume;
}

function lastKnown(column: Float32Array, firsts: readonly number[]): Float32Array<ArrayBuffer> {
  return Float32Array.from(firsts, (from, i) => {
    for (let bar = (firsts[i + 1] ?? column.length) - 1; bar >= from; bar--) {
      if (Number.isFinite(column[bar])) return column[bar]!;
    }
    return NaN;
  });
}
