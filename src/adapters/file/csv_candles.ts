import { CsvError, type InfoRecord } from "csv-parse";
import { parse } from "csv-parse/sync";
import type { CandleColumns } from "../../core/candles.ts";
import { validationError } from "../../core/errors.ts";
import { shown } from "../../core/shown.ts";
import { parseTimestamp } from "../../core/time_text.ts";
import type { LoadedCandles } from "../../ports/candle_source.ts";

/** How a candle file is read. */
export interface CandleCsvOptions {
  /** Name of the file in error texts. */
  readonly label: string;
  /** Spacing of the candles; the smallest spacing found unless given. */
  readonly timeframeMs?: number;
}

/** Header of a candle file, exactly. */
const header = ["ts_open", "open", "high", "low", "close", "volume"] as const;

/** Columns after `ts_open`. */
const valueNames = ["open", "high", "low", "close", "volume"] as const;

/**
 * Reads candles from CSV: `ts_open` as ISO 8601 with offset or epoch ms, strictly ascending; an empty field is NaN.
 * Throws a `validation_error` whose message is one line naming the file, the line and the value.
 */
export function parseCandleCsv(text: string, { label, timeframeMs }: CandleCsvOptions): LoadedCandles {
  const rows = new CandleRows(label);
  try {
    parse(text, {
      bom: true,
      trim: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      // rows go into columns one by one: half a million arrays of text would not be kept for nothing
      on_record: ({ record, info }: { record: string[]; info: InfoRecord }) => rows.add(record, info.lines),
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(label, { reason: error.message });
  }
  const candles = rows.columns();
  return { candles, timeframeMs: timeframeMs ?? smallestSpacing(candles.tsOpenMs, label) };
}
