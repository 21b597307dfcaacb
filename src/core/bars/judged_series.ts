import { type BacktestError, validationError, warning } from "../errors/mod.ts";
import { shownTime } from "../text/mod.ts";
import { type BadRow, CandleJudge, type NewLevels } from "./candle_judge.ts";
import type { BadRows } from "./candle_reading.ts";
import type { CandleColumns } from "./candles.ts";
import { mapFurther } from "./further_columns.ts";
import type { StoredSeries } from "./stored_series.ts";

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
  readonly newLevels: NewLevels | null;
}

/**
 * The series without the rows that no candle can be like, with a warning that counts them and names the first, and one of
 * jumps to where prices stay. Throws a `validation_error` of one line where bad rows are refused, and where no row would
 * be left.
 */
export function judgedSeries(series: StoredSeries, options: JudgeOptions): StoredSeries {
  const verdict = verdictOn(series.candles);
  const warnings = verdictWarnings(verdict, options);
  if (warnings.length === 0) return series;
  return {
    ...series,
    ...(verdict.bad.length === 0 ? {} : without(series, verdict.bad)),
    warnings: [...series.warnings, ...warnings],
  };
}

/** The warnings about rows that are left out and jumps that stay, each kind once. Throws as {@link judgedSeries} does. */
export function verdictWarnings(verdict: Verdict, options: JudgeOptions): readonly string[] {
  return [badRowsWarning(verdict, options), newLevelsWarning(verdict, options)]
    .filter((text) => text !== null);
}

function newLevelsWarning({ newLevels }: Verdict, options: JudgeOptions): string | null {
  if (newLevels === null) return null;
  const { count, first } = newLevels;
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return warning(
    "price_jump",
    `${whereOf(first, options)}: ${first.fault}${more}, and the rows after it do not return; ` +
      "a split, another unit or a wrong row would make all figures wrong",
  );
}

function whereOf({ row, openMs }: BadRow, { place = () => "" }: JudgeOptions): string {
  return `${place(row).trimStart()} ${shownTime(openMs)}`.trimStart();
}

function badRowsWarning({ count, bad, first }: Verdict, options: JudgeOptions): string | null {
  if (first === null) return null;
  const { badRows, label, place = () => "" } = options;
  const where = whereOf(first, options);
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
function without(
  { candles, ...rest }: Pick<StoredSeries, "candles" | "further">,
  rows: readonly number[],
): Pick<StoredSeries, "candles" | "further"> {
  const left = <Column extends Float32Array | Float64Array>(
    column: Column,
  ): Column => {
    let next = 0;
    return column.filter((_, row) => row !== rows[next] || (next++, false)) as Column;
  };
  return {
    candles: {
      tsOpenMs: left(candles.tsOpenMs),
      open: left(candles.open),
      high: left(candles.high),
      low: left(candles.low),
      close: left(candles.close),
      volume: left(candles.volume),
    },
    ...mapFurther(rest, left),
  };
}

function refusal(message: string): BacktestError {
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}
