import {
  type CandleColumns,
  type CandleReading,
  looksLikeCloses,
  openOfClose,
  type StoredSeries,
  storedSpacingMs,
  wholeSeries,
} from "../../core/bars/mod.ts";
import { refusal } from "./candle_refusal.ts";
import { fileWarnings } from "./file_findings.ts";

/** How a candle file is read. */
export interface CandleFileOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; told from the rows unless given. */
  readonly timeframeMs?: number | undefined;
  readonly reading?: CandleReading | undefined;
}

/** All rows of a file, and where each of them was. */
export interface CandleFileContent {
  readonly series: StoredSeries;
  /** Such as ` line 102`, of a row of the series. */
  place(row: number): string;
}

/** What a parser has read. */
export interface ReadRows {
  /** In the order of the file; belongs to the taker. */
  readonly candles: CandleColumns;
  readonly descends: boolean;
  readonly sawNaive: boolean;
  readonly sawExtraFields: boolean;
  /** Where a row is, both in the order of the file. */
  place(row: number): string;
}

/**
 * The rows of a file in order of time, with their timeframe. Throws a `validation_error` when that is not given and
 * cannot be told.
 */
export function loadedCandles(
  rows: ReadRows,
  { label, timeframeMs, reading = {} }: CandleFileOptions,
): CandleFileContent {
  const { candles, descends } = rows;
  const count = candles.tsOpenMs.length;
  if (descends) { for (const column of Object.values(candles)) column.reverse(); }
  if (count < 2 && timeframeMs === undefined) {
    throw refusal(
      { label },
      `the spacing of its candles cannot be told from fewer than two rows, got ${count}; ` +
        "--candle-timeframe says what it is",
    );
  }
  const spacingMs = timeframeMs ?? storedSpacingMs(candles.tsOpenMs);
  const areCloses = reading.stamp === "close";
  if (areCloses) {
    candles.tsOpenMs.forEach((closeMs, row) => candles.tsOpenMs[row] = openOfClose(closeMs, spacingMs));
  }
  const warnings = fileWarnings({
    ...rows,
    looksLikeCloses: reading.stamp === undefined && looksLikeCloses(candles.tsOpenMs, spacingMs),
  });
  return {
    series: wholeSeries({ candles, timeframeMs: spacingMs, warnings }),
    place: (row) => rows.place(descends ? count - 1 - row : row),
  };
}
