import { wholeSeries } from "../../core/stored_series.ts";
import type { LoadedCandles } from "../../ports/candle_source.ts";
import { refusal } from "./candle_refusal.ts";
import type { CandleRows } from "./candle_rows.ts";

/** How a candle file is read. */
export interface CandleFileOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; the smallest spacing found unless given. */
  readonly timeframeMs?: number | undefined;
}

/** All rows of a file with their timeframe. Throws a `validation_error` when it is not given and cannot be told. */
export function loadedCandles(rows: CandleRows, { label, timeframeMs }: CandleFileOptions): LoadedCandles {
  const { count } = rows;
  if (count < 2 && timeframeMs === undefined) {
    throw refusal({ label }, `the timeframe cannot be told from fewer than two rows, got ${count}`);
  }
  const candles = rows.columns();
  return wholeSeries({ candles, timeframeMs: timeframeMs ?? smallestSpacingMs(candles.tsOpenMs) });
}

function smallestSpacingMs(times: Float64Array): number {
  let smallest = Infinity;
  for (let i = 1; i < times.length; i++) smallest = Math.min(smallest, times[i]! - times[i - 1]!);
  return smallest;
}
