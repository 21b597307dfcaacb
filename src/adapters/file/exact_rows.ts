import { candleValues, type ExactCandles, exactCandles, type ValueLimits } from "../../core/exact_candles.ts";
import type { CandleFileRules } from "../../ports/candle_file.ts";
import type { CandleSink } from "./candle_sink.ts";
import { rowFields } from "./plain_row.ts";
import { shownTime } from "../../core/shown_time.ts";

/** Rows with all their digits, held until they are taken. */
export class ExactRows implements CandleSink {
  readonly #rules: CandleFileRules;
  readonly #required: readonly number[];
  /** Of the fields that cannot hold every number. */
  readonly #limits: readonly (ValueLimits & { readonly field: number })[];
  #columns = columnsOf(4096);
  #count = 0;
  #lastMs = -Infinity;

  /** `rules` say which rows are refused. */
  constructor(rules: CandleFileRules) {
    this.#rules = rules;
    this.#required = rules.required.map((name) => candleValues.indexOf(name));
    this.#limits = candleValues.flatMap((name, index) => {
      const limits = rules.limits?.[name];
      return limits && Number.isFinite(limits.largest) ? [{ ...limits, field: index + 1 }] : [];
    });
  }

  /** Rows that wait to be taken. */
  get count(): number {
    return this.#count;
  }

  /** Time of the last row ever added, `-Infinity` before the first. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Takes a row, or answers what is wrong with it. */
  add(row: Float64Array): string | null {
    const fault = this.#faultOf(row);
    if (fault !== null) return fault;
    if (this.#count === this.#columns[0]!.length) this.#grow();
    for (let field = 0; field < rowFields; field++) this.#columns[field]![this.#count] = row[field]!;
    this.#count++;
    this.#lastMs = row[0]!;
    return null;
  }

  /** The rows that wait, as columns of the caller's own. */
  take(): ExactCandles {
    const [times, ...values] = this.#columns.map((column) => column.slice(0, this.#count));
    this.#count = 0;
    return exactCandles(times!, values);
  }

  #faultOf(row: Float64Array): string | null {
    const { everyMs, startMs, endMs } = this.#rules;
    const openMs = row[0]!;
    if (openMs < startMs || openMs >= endMs) {
      const [start, end] = [shownTime(startMs), shownTime(endMs)];
      return `ts_open must lie in ${start} to ${end}, got ${shownTime(openMs)}`;
    }
    if (openMs % everyMs !== 0) {
      return `ts_open must be a multiple of ${everyMs / 1000} s, got ${shownTime(openMs)}`;
    }
    for (let index = 0; index < this.#limits.length; index++) {
      const { field, smallest, largest, whole } = this.#limits[index]!;
      const value = row[field]!;
      if (value < smallest || value > largest) {
        return `${candleValues[field - 1]} must lie in ${smallest} to ${largest}, got ${value}`;
      }
      if (whole && value % 1 !== 0 && !Number.isNaN(value)) {
        return `${candleValues[field - 1]} must be a whole number, got ${value}`;
      }
    }
    const missing = this.#required.find((index) => Number.isNaN(row[index + 1]!));
    return missing === undefined ? null : `${candleValues[missing]} must not be missing`;
  }

  #grow(): void {
    const before = this.#columns;
    this.#columns = columnsOf(this.#count * 2);
    this.#columns.forEach((column, field) => column.set(before[field]!));
  }
}

function columnsOf(length: number): Float64Array<ArrayBuffer>[] {
  return Array.from({ length: rowFields }, () => new Float64Array(length));
}
