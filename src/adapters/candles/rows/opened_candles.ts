import type { CandleReading } from "../../../core/bars/mod.ts";
import type { ReadLimits } from "../bytes/unpack_limits.ts";
import type { FurtherPlan, FurtherWish, StrangeValue } from "../columns/further_plan.ts";
import type { CandleSink } from "./candle_sink.ts";

/** What a reader knows of the bytes it opens. */
export interface OpenOptions {
  readonly reading: CandleReading;
  readonly signal?: AbortSignal | undefined;
  readonly limits: ReadLimits;
}

/** What was found about candles while they were read, as a whole. */
export interface Found {
  /** Rows came newest first. */
  readonly descends: boolean;
  /** Times without an offset were read as UTC. */
  readonly sawNaive: boolean;
  /** Rows end with a comma behind which there is nothing. */
  readonly sawExtraFields: boolean;
  /** Values of further columns that are no numbers, and were read as unknown. */
  readonly strange: readonly StrangeValue[];
  /** What stands behind the last row and is none. */
  readonly footer: { readonly line: number; readonly lines: number; readonly text: string } | null;
}

/** Candles whose form has been told, before any row is read. */
export interface OpenedCandles {
  /** What they are called in error texts. */
  readonly label: string;
  /** What was told from the file rather than known, in a few words each; none for the project's own form. */
  readonly guesses: readonly string[];
  /** Flags that say the same. */
  readonly flags: readonly string[];
  /** Times of the first and the last row as far as they can be told beforehand; NaN where they cannot. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Columns that no candle is made of. */
  readonly further: FurtherPlan;
  /**
   * Hands each row to the sink, in the order of the file, and pauses now and then; a further column that the file does
   * not have is NaN. Rejects with a `validation_error` of one
   * line that names the file, the line or row, the column and the value.
   */
  steps(sink: CandleSink, wish: FurtherWish): AsyncIterable<void>;
  /** After the last step. */
  found(): Found;
  /** Where a row is, counted from 0 in the order of the file: ` line 102`. */
  place(row: number): string;
}
