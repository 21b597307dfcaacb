import {
  candleValues,
  type ExactCandles,
  exactCandles,
  openOfClose,
  type ValueLimits,
} from "../../../core/bars/mod.ts";
import type { CandleFileRules } from "../../../ports/candle_file.ts";
import type { CandleSink } from "./candle_sink.ts";
import { rowFields } from "../text/plain_row.ts";
import { shownTime } from "../../../core/text/mod.ts";

/** What rows must be, and which moment their stamps name. */
export interface ExactRowRules extends Omit<CandleFileRules, "further"> {
  readonly stamp: "open" | "close";
  /** Names of the further columns of the rows. */
  readonly further: readonly string[];
}

/** Rows with all their digits, held until they are taken. */
export class ExactRows implements CandleSink {
  readonly #rules: ExactRowRules;
  readonly #required: readonly number[];
  /** Of the fields that cannot hold every number. */
  readonly #limits: readonly (ValueLimits & { readonly field: number })[];
  #columns: Float64Array<ArrayBuffer>[];
  #count = 0;

  /** `rules` say which rows are refused. */
  constructor(rules: ExactRowRules) {
    this.#rules = rules;
    this.#columns = columnsOf(this.#fields, 4096);
    this.#required = rules.required.map((name) => candleValues.indexOf(name));
    this.#limits = candleValues.flatMap((name, index) => {
      const limits = rules.limits?.[name];
      return limits && Number.isFinite(limits.largest) ? [{ ...limits, field: index + 1 }] : [];
    });
  }

  get #fields(): number {
    return rowFields + this.#rules.further.length;
  }

  /** Rows that wait to be taken. */
  get count(): number {
    return this.#count;
  }

  /** Takes a row, or returns what is wrong with it. */
  add(row: Float64Array): string | null {
    if (this.#rules.stamp === "close") {
      row[0] = openOfClose(row[0]!, this.#rules.lengthMs ?? this.#rules.everyMs);
    }
    const fault = this.#faultOf(row);
    if (fault !== null) return fault;
    if (this.#count === this.#columns[0]!.length) this.#grow();
    for (let field = 0; field < this.#columns.length; field++) {
      this.#columns[field]![this.#count] = row[field]!;
    }
    this.#count++;
    return null;
  }

  /** The rows that wait, as columns of the caller's own. */
  take(): ExactCandles {
    const [times, ...values] = this.#columns.map((column) => column.slice(0, this.#count));
    this.#count = 0;
    const { further } = this.#rules;
    return {
      ...exactCandles(times!, values),
      ...(further.length === 0 ? {} : { further: new Map(further.map((name, i) => [name, values[5 + i]!])) }),
    };
  }

  #faultOf(row: Float64Array): string | null {
    const { everyMs, startMs, endMs } = this.#rules;
    const openMs = row[0]!;
    if (openMs < startMs || openMs >= endMs) {
      const [start, end] = [shownTime(startMs), shownTime(endMs)];
      return `ts_open must lie in ${start} to ${end}, got ${shownTime(openMs)}`;
    }
    if (openMs % everyMs !== 0) {
      const asClose = openOfClose(openMs, everyMs) % everyMs === 0;
      const help = asClose ? "; --stamp close reads it as the end of its candle" : "";
      return `ts_open must be a multiple of ${everyMs / 1000} s, got ${shownTime(openMs)}${help}`;
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
    this.#columns = columnsOf(this.#fields, this.#count * 2);
    this.#columns.forEach((column, field) => column.set(before[field]!));
  }
}

function columnsOf(fields: number, length: number): Float64Array<ArrayBuffer>[] {
  return Array.from({ length: fields }, () => new Float64Array(length));
}
