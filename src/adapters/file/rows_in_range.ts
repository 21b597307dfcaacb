import type { TimeRange } from "../../core/candles.ts";
import type { Instrument } from "../../core/plan.ts";
import { uncoveredRange } from "../../core/uncovered_range.ts";
import type { LoadedCandles } from "../../ports/candle_source.ts";

/** What a candle source is asked for. */
export interface CandleQuery {
  readonly instrument: Instrument;
  readonly range: TimeRange;
}

/** Copies of the rows whose open time lies in the range. Throws `market_data_unavailable` when there are none. */
export function rowsInRange({ candles, ...facts }: LoadedCandles, query: CandleQuery): LoadedCandles {
  const { startMs, endMs } = query.range;
  const from = firstAtOrAfter(candles.tsOpenMs, startMs);
  const to = firstAtOrAfter(candles.tsOpenMs, endMs);
  if (from >= to) {
    throw uncoveredRange({ ...query, covers: candles.tsOpenMs.length === 0 ? null : facts.covers });
  }
  return {
    candles: {
      tsOpenMs: candles.tsOpenMs.slice(from, to),
      open: candles.open.slice(from, to),
      high: candles.high.slice(from, to),
      low: candles.low.slice(from, to),
      close: candles.close.slice(from, to),
      volume: candles.volume.slice(from, to),
    },
    ...facts,
  };
}

function firstAtOrAfter(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
