import type { BarGrid, Instrument, StoredSeries, TimeRange } from "../core/bars/mod.ts";

/** The stored candles of a range, with what is known of the whole they are part of. */
export type LoadedCandles = StoredSeries;

/** Where candles come from. */
export interface CandleSource {
  /**
   * Rows whose open time lies in `range`. Rejects with `no_candles` when the source has none, naming what it does hold,
   * with `market_data_unavailable` when it does not answer, with `validation_error` when what it holds is malformed, and
   * when it has no such column, naming those it has.
   */
  load(
    query: {
      readonly instrument: Instrument;
      readonly range: TimeRange;
      /** Of the bars that will be made of the rows; a source with several timeframes takes one that lies on it. */
      readonly grid?: BarGrid | undefined;
      /** Names of further numeric columns that are wanted, which the answer then has. */
      readonly columns?: readonly string[] | undefined;
      /** Whose own candles of the instrument count before those of everybody, where the source has such. */
      readonly userId?: string | undefined;
    },
    options?: { readonly signal?: AbortSignal },
  ): Promise<LoadedCandles>;
  /**
   * Takes back rows of an earlier load, as bars were made of them: nobody may read these afterwards. There where a source
   * holds rows for further loads, which it then reads anew.
   */
  release?(loaded: LoadedCandles): void;
}
