import { candleValues, type ExactCandles, exactCandles, type StampedCandles } from "../core/bars/mod.ts";
import type { CandleTableRules } from "../ports/candle_table.ts";

/** Rows of a file and the rows that count in the table, over the same range. */
export interface ComparedRows {
  readonly rows: ExactCandles;
  readonly stored: StampedCandles;
}

/** How rows are compared and stamped. */
export interface CompareOptions {
  readonly precision: CandleTableRules["precision"];
  /** Wall clock, epoch ms. */
  readonly nowMs: number;
}

/** Rows that have to be written. */
export interface UnlikeRows {
  readonly candles: StampedCandles;
  /** How many of them take the place of a stored row. */
  readonly replaced: number;
}

const secondMs = 1000;

/**
 * The rows that are not stored, or stored with other values than the table would make of them. A row that replaces
 * another is stamped later than it, by a whole second of the clock at least, whatever the precision of the column and
 * however wrong the clock that stamped the other.
 */
export function unlikeStored({ rows, stored }: ComparedRows, options: CompareOptions): UnlikeRows {
  const kept: number[] = [];
  const stamps: number[] = [];
  let replaced = 0;
  let at = 0;
  for (let row = 0; row < rows.tsOpenMs.length; row++) {
    const openMs = rows.tsOpenMs[row]!;
    while (at < stored.tsOpenMs.length && stored.tsOpenMs[at]! < openMs) at++;
    const isStored = stored.tsOpenMs[at] === openMs;
    if (isStored && isSame({ rows, stored }, { row, at, precision: options.precision })) continue;
    kept.push(row);
    stamps.push(isStored ? laterThan(stored.ingestedMs[at]!, options.nowMs) : options.nowMs);
    if (isStored) replaced++;
  }
  const pick = (column: Float64Array) => Float64Array.from(kept, (row) => column[row]!);
  const columns = candleValues.map((name) => pick(rows[name]));
  const candles = { ...exactCandles(pick(rows.tsOpenMs), columns), ingestedMs: Float64Array.from(stamps) };
  return { candles, replaced };
}

function laterThan(ingestedMs: number, nowMs: number): number {
  return Math.max(nowMs, (Math.floor(ingestedMs / secondMs) + 1) * secondMs);
}

interface Pair {
  readonly row: number;
  readonly at: number;
  readonly precision: CompareOptions["precision"];
}

function isSame({ rows, stored }: ComparedRows, { row, at, precision }: Pair): boolean {
  return candleValues.every((name) =>
    isSameValue(rows[name][row]!, { stored: stored[name][at]!, precision: precision[name] })
  );
}

function isSameValue(
  value: number,
  { stored, precision }: { readonly stored: number; readonly precision: "f64" | "f32" | number },
): boolean {
  if (Number.isNaN(value) || Number.isNaN(stored)) return Number.isNaN(value) && Number.isNaN(stored);
  if (precision === "f64") return value === stored;
  if (precision === "f32") return Math.fround(value) === stored;
  return Math.abs(value - stored) < precision;
}
