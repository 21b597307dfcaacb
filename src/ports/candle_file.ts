import type { CandleValue, ExactCandles, ValueLimits } from "../core/bars/mod.ts";

/** What rows must be beyond being well formed. */
export interface CandleFileRules {
  /** Every `ts_open` is a multiple of it; also the length of a candle where stamps name closes. */
  readonly everyMs: number;
  /** Every `ts_open` lies in `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  /** Values that may not be missing. */
  readonly required: readonly CandleValue[];
  /** What values must lie in; any number where it is left out. */
  readonly limits?: Readonly<Record<CandleValue, ValueLimits>>;
}

/** A file of candles that can be read more than once. */
export interface CandleFile {
  /**
   * Its rows in order of time, some thousand at a time. Rejects with one `validation_error` that names the file, the line
   * or row, and the field, as soon as a row is not as it must be.
   */
  rows(rules: CandleFileRules, options?: { readonly signal?: AbortSignal }): AsyncIterable<ExactCandles>;
  /** What the last reading that came to its end has to say, `code: sentence` each. */
  readonly warnings: readonly string[];
  /** Where a row of the reading in progress, or of the last one, is: ` line 102`. Rows count from 0, as they come. */
  place(row: number): string;
}
