import type { CandleColumns, TimeRange } from "../core/candles.ts";
import type { Instrument } from "../core/plan.ts";

/** Stored candles as read: ascending, one row per open time, f32, NaN where a field is missing. */
export interface LoadedCandles {
  readonly candles: CandleColumns;
  /** Spacing of the stored candles in ms; bars of the request are rolled up from them. */
  readonly timeframeMs: number;
}

/** Where candles come from. */
export interface CandleSource {
  /**
   * Rows whose open time lies in `range`. Rejects with `market_data_unavailable` when the source has none or does not
   * answer, then with `retry_after_seconds` in its details, with `validation_error` when what it holds is malformed.
   */
  load(
    query: { readonly instrument: Instrument; readonly range: TimeRange },
    options?: { readonly signal?: AbortSignal },
  ): Promise<LoadedCandles>;
}
