import {
  type BadRows,
  CandleJudge,
  candleTimes,
  candleValues,
  type ExactCandles,
  mapExact,
  SpacingTeller,
  verdictWarnings,
} from "../core/bars/mod.ts";
import { validationError } from "../core/errors/mod.ts";
import { formatTimestamp } from "../core/text/mod.ts";
import type { CandleOrigin } from "../ports/candle_store.ts";
import type { CandleFile, CandleFileRules } from "../ports/candle_file.ts";

/** How far an import is. */
export interface ImportProgress {
  readonly stage: "checking" | "importing";
  readonly rows: number;
  /** Rows of the file; 0 while they are being counted. */
  readonly totalRows: number;
}

/** What is checked before it is imported. */
export interface CheckOptions {
  readonly file: CandleFile;
  /** Name of the file in error texts. */
  readonly label: string;
  /** What becomes of rows that no candle can be like. */
  readonly badRows: BadRows;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: ImportProgress) => void;
}

/** What was found about a file that can be imported. */
export interface CheckedCandles {
  /** Without those that are left out. */
  readonly rows: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** The smallest distance of two rows, and what the spacing is told to be; null where there are fewer than two. */
  readonly smallestMs: number | null;
  readonly spacingMs: number | null;
  /** Rows to leave out, ascending. */
  readonly bad: readonly number[];
  readonly warnings: readonly string[];
}

/** Where rows came from, as it is kept with them. */
export function originOf(
  { label, found: { rows, firstMs, lastMs }, guess }: {
    readonly label: string;
    readonly found: CheckedCandles;
    readonly guess: string | null;
  },
): CandleOrigin {
  const [first, last] = [formatTimestamp(firstMs), formatTimestamp(lastMs)];
  return { file: label.split(/[\\/]/).at(-1)!, rows, first, last, guess };
}

/**
 * Reads a whole file and looks at every row. Rejects with a `validation_error` of one line when a row is not as the rules
 * say, or cannot be a candle and is to be refused.
 */
export async function checkCandles(
  { file, label, badRows, signal, onProgress }: CheckOptions,
  rules: CandleFileRules,
): Promise<CheckedCandles> {
  let [rows, firstMs, lastMs] = [0, NaN, NaN];
  const judge = new CandleJudge();
  const teller = new SpacingTeller();
  for await (const candles of file.rows(rules, signal ? { signal } : {})) {
    judgeAll(judge, candles);
    for (const openMs of candles.tsOpenMs) {
      if (rows++ === 0) firstMs = openMs;
      teller.take(openMs);
      lastMs = openMs;
    }
    onProgress?.({ stage: "checking", rows, totalRows: 0 });
  }
  if (rows === 0) throw importRefusal(label, "it has no rows");
  const { bad } = judge;
  const judged = verdictWarnings(judge, {
    badRows,
    label: JSON.stringify(label),
    place: (row) => file.place(row),
  });
  const { smallestMs, spacingMs } = teller;
  const warnings = [...file.warnings, ...judged];
  return { rows: rows - bad.length, firstMs, lastMs, smallestMs, spacingMs, bad, warnings };
}

/** Times that any candle may have. */
export const anyCandle: CandleFileRules = {
  everyMs: 1,
  startMs: candleTimes.startMs,
  endMs: candleTimes.endMs,
  required: [],
};

/** The spacing that a file's rows tell; null where there are fewer than two. Rejects as {@link checkCandles} does. */
export async function spacingOf(options: CheckOptions): Promise<number | null> {
  return (await checkCandles(options, anyCandle)).spacingMs;
}

/** A `validation_error` that names a file that cannot be imported. */
export function importRefusal(label: string, reason: string): Error {
  const message = `Cannot import candles "${label}": ${reason}`;
  return validationError(message, [{ path: "candles", code: "value_error", message }]);
}

/** Judges all rows of a piece, as the f32 they become. */
export function judgeAll(judge: CandleJudge, { tsOpenMs, ...values }: ExactCandles): void {
  const row = { open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  for (let i = 0; i < tsOpenMs.length; i++) {
    for (const name of candleValues) row[name] = Math.fround(values[name][i]!);
    judge.take(tsOpenMs[i]!, row);
  }
}

/** The pieces without some of their rows, which are given ascending and counted through all pieces. */
export async function* withoutRows(
  pieces: AsyncIterable<ExactCandles>,
  rows: readonly number[],
): AsyncGenerator<ExactCandles> {
  let [first, next] = [0, 0];
  for await (const piece of pieces) {
    const { tsOpenMs } = piece;
    const kept: number[] = [];
    for (let i = 0; i < tsOpenMs.length; i++) {
      if (rows[next] === first + i) next++;
      else kept.push(i);
    }
    first += tsOpenMs.length;
    if (kept.length === tsOpenMs.length) yield piece;
    else if (kept.length > 0) {
      yield mapExact(piece, (column) => Float64Array.from(kept, (row) => column[row]!));
    }
  }
}
