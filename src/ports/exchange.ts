import type { ExactCandles, Timeframe } from "../core/bars/mod.ts";

/** What is asked of an exchange. */
export interface ExchangeQuery {
  /** As the exchange's users write it: `BTC/USDT`. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Opens in `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
}

/** The public candles of an exchange. */
export interface Exchange {
  readonly name: string;
  /**
   * Candles in order of time, a page of the exchange's at a time, without one that is not over yet. Keeps to the exchange's
   * rate, and asks again after failures that may pass. Rejects with `validation_error` for a symbol or a timeframe it does not
   * have, with `market_data_unavailable` where it does not answer or refuses.
   */
  pages(query: ExchangeQuery, options?: { readonly signal?: AbortSignal }): AsyncIterable<ExactCandles>;
}
