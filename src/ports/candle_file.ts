import type {
  CandleReading,
  CandleValue,
  ExactCandles,
  StoredSeries,
  ValueLimits,
} from "../core/bars/mod.ts";

/** What rows must be beyond being well formed. */
export interface CandleFileRules {
  /** Every `ts_open` is a multiple of it. */
  readonly everyMs: number;
  /** Length of a candle, where stamps name closes; `everyMs` unless given. */
  readonly lengthMs?: number;
  /** Every `ts_open` lies in `[startMs, endMs)`. */
  readonly startMs: number;
  readonly endMs: number;
  /** Values that may not be missing. */
  readonly required: readonly CandleValue[];
  /** What values must lie in; any number where it is left out. */
  readonly limits?: Readonly<Record<CandleValue, ValueLimits>>;
  /** Whether further columns are read, too; none unless given. */
  readonly further?: "all";
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
  /** What the last reading told from the files rather than knew, in one line; null where there was nothing. */
  readonly guess: string | null;
  /** Names of the further columns of the reading in progress, or of the last one. */
  readonly further: readonly string[];
  /** Where a row of the reading in progress, or of the last one, is: ` line 102`. Rows count from 0, as they come. */
  place(row: number): string;
}

/** All candles of files that are one series. */
export interface WholeCandles {
  readonly series: StoredSeries;
  /** What was told from the files rather than known, in one line; null where nothing was. */
  readonly guess: string | null;
  /** Flags that say the same and need no guess. */
  readonly flags: readonly string[];
  /** Names of the further numeric columns there are, wanted or not, as far as the first rows tell. */
  readonly further: readonly string[];
  /** Rows of a time that was there before, which were left out. */
  readonly repeated: number;
  /** Such as ` line 102`, of a row of the series. */
  place(row: number): string;
}

/**
 * Reads all candles of a file, a folder or a pattern of files. Rejects with a `validation_error` of one line that names
 * what cannot be read, `no_candles` where nothing is there.
 */
export type ReadCandles = (
  path: string,
  options: {
    readonly reading: CandleReading;
    readonly timeframeMs?: number | undefined;
    /** Names of further columns that are wanted. */
    readonly columns?: readonly string[];
  },
) => Promise<WholeCandles>;
