import type { TimeRange } from "../../core/candles.ts";
import { BacktestError } from "../../core/errors.ts";
import type { Instrument } from "../../core/plan.ts";
import { formatTimestamp } from "../../core/time_text.ts";
import type { LoadedCandles } from "../../ports/candle_source.ts";

/** What a candle source is asked for. */
export interface CandleQuery {
  readonly instrument: Instrument;
  readonly range: TimeRange;
}

/** Copies of the rows whose open time lies in the range. Throws `market_data_unavailable` when there are none. */
export function rowsInRange({ candles, timeframeMs }: LoadedCandles, query: CandleQuery): LoadedCandles {
  const { startMs, endMs } = query.range;
  const from = firstAtOrAfter(candles.tsOpenMs, startMs);
  const to = firstAtOrAfter(candles.tsOpenMs, endMs);
  if (from >= to) throw noRows(query);
  return {
    candles: {
      tsOpenMs: candles.tsOpenMs.slice(from, to),
      open: candles.open.slice(from, to),
      high: candles.high.slice(from, to),
      low: candles.low.slice(from, to),
      close: candles.close.slice(from, to),
      volume: candles.volume.slice(from, to),
    },
    timeframeMs,
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

function noRows({ instrument, range }: CandleQuery): BacktestError {
  const { market_id, symbol } = instrument;
  const [start, end] = [formatTimestamp(range.startMs), formatTimestamp(range.endMs)];
  return new BacktestError(
    "market_data_unavailable",
    `Cannot load candles of market ${market_id} symbol "${symbol}": no market data for requested range ${start} to ${end}`,
    { details: { market_id, symbol, start, end } },
  );
}
