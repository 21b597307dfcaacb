import type { CandleColumns } from "./candles.ts";
import type { BadRows } from "./candle_reading.ts";
import { type BadRow, CandleJudge } from "./candle_judge.ts";
import { type BacktestError, validationError } from "./errors.ts";
import type { StoredSeries } from "./stored_series.ts";
import { shownTime } from "./shown_time.ts";
import { warning } from "./warnings.ts";

/** How rows are judged, and what they are called. */
export interface JudgeOptions {
  readonly badRows: BadRows;
  /** What the rows are rows of, such as `"btc.csv"`. */
  readonly label: string;
  /** Where a row is, such as ` line 102`; empty where it has no other name than its time. */
  readonly place?: (row: number) => string;
}

/** Rows that were found bad, and how many were looked at. */
export interface Verdict {
  readonly count: number;
  readonly bad: readonly number[];
  readonly first: BadRow | null;
}

/**
 * The series without the rows that no candle can be like, and a warning that counts them and names the first. Throws a
 * `validation_error` of one line in place of that where they are refused, and where none would be left.
 */
export function judgedSeries(series: StoredSeries, options: JudgeOptions): StoredSeries {
  const verdict = verdictOn(series.candles);
  const text = verdictWarning(verdict, options);
  if (text === null) return series;
  return {
    ...series,
    candles: without(series.candles, verdict.bad),
    warnings: [...series.warnings, text],
  };
}

/** The warning about rows that are left out; null where there are none. Throws as {@link judgedSeries} does. */
export function verdictWarning(
  { count, bad, first }: Verdict,
  { badRows, label, place = () => "" }: JudgeOptions,
): string | null {
  if (first === null) return null;
  const where = `${place(first.row).trimStart()} ${shownTime(first.openMs)}`.trimStart();
  if (badRows === "refuse" || bad.length === count) {
    throw refusal(
      `Cannot use candles ${label}${place(first.row)}: at ${shownTime(first.openMs)} ${first.fault}; ` +
        `${bad.length} of ${count} rows cannot be candles` +
        (badRows === "refuse" ? ", --bad-rows skip (candles.bad_rows in the config) leaves them out" : ""),
    );
  }
  return warning(
    "bad_rows_skipped",
    `${bad.length} of ${count} rows cannot be candles and are left out, the first ${where}: ${first.fault}`,
  );
}

function verdictOn({ tsOpenMs, ...values }: CandleColumns): Verdict {
  const judge = new CandleJudge();
  const row = { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  for (let i = 0; i < tsOpenMs.length; i++) {
    row.open = values.open[i]!;
    row.high = values.high[i]!;
    row.low = values.low[i]!;
    row.close = values.close[i]!;
    row.volume = values.volume[i]!;
    judge.take(tsOpenMs[i]!, row);
  }
  return judge;
}

/** Copies of the columns without some rows, given ascending. */
function without(candles: CandleColumns, rows: readonly number[]): CandleColumns {
  const left = <Column extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
    column: Column,
  ): Column => {
    let next = 0;
    return column.filter((_, row) => row !== rows[next] || (next++, false)) as Column;
  };
  return {
    tsOpenMs: left(candles.tsOpenMs),
    open: left(candles.open),
    high: left(candles.high),
    low: left(candles.low),
    close: left(candles.close),
    volume: left(candles.volume),
  };
}

function refusal(message: string): BacktestError {
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}
