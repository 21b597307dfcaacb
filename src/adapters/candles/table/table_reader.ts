import { candleValues, stampMs } from "../../../core/bars/mod.ts";
import { formatTimestamp, shown } from "../../../core/text/mod.ts";
import type { ColumnPlan } from "../columns/column_plan.ts";
import { finite, FurtherValues, type FurtherWish } from "../columns/further_plan.ts";
import { adjust } from "../rows/adjust.ts";
import { refusal } from "../rows/candle_refusal.ts";
import { InstrumentPick } from "../rows/instrument_pick.ts";
import type { OpenedCandles } from "../rows/opened_candles.ts";
import { RowFault } from "../rows/row_fault.ts";
import { valueOf } from "../text/numbers.ts";
import { rowFields } from "../text/plain_row.ts";
import type { TimeColumn } from "../times/time_column.ts";
import { areByteTexts, type ByteTexts, cellAt, type CellColumn, type CellTable } from "./cell_table.ts";
import type { TableOptions } from "./open_table.ts";

const maxInt64 = (1n << 63n) - 1n;

/** Turns cells into rows. */
export class TableReader {
  readonly #given: ReaderOptions;
  readonly #columns: readonly number[];
  readonly #row: Float64Array<ArrayBuffer>;
  readonly #further: FurtherValues;
  /** Of the further columns; null where the table has none of the name. */
  readonly #furtherAt: readonly (number | null)[];
  readonly #missing: ReadonlySet<string>;
  readonly #pick: InstrumentPick;
  /** Rows of the table that were taken; null as long as all were. */
  #taken: number[] | null = null;

  constructor(given: ReaderOptions, wish: FurtherWish) {
    const { plan, options: { reading } } = given;
    this.#given = given;
    this.#further = new FurtherValues(wish);
    this.#furtherAt = wish.names.map((name) => given.furtherColumn(name));
    this.#row = new Float64Array(rowFields + wish.names.length);
    const { time, clock, prices, volume, adjusted, instrument } = plan;
    this.#columns = [...new Set([time, clock, ...prices, volume, adjusted, instrument, ...this.#furtherAt])]
      .filter((column) => column !== null);
    this.#missing = new Set(reading.missing ?? []);
    this.#pick = new InstrumentPick(reading.pick);
    if (instrument !== null) this.#taken = [];
  }

  tableRow(row: number): number {
    return this.#taken === null ? row : this.#taken[row] ?? row;
  }

  get strange() {
    return this.#further.strange;
  }

  async *steps(
    sink: Parameters<OpenedCandles["steps"]>[0],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<void> {
    const { table, plan, options: { label } } = this.#given;
    const at = (column: number | null) => column === null ? -1 : this.#columns.indexOf(column);
    const places: Places = {
      time: at(plan.time),
      clock: at(plan.clock),
      values: [...plan.prices.map(at), at(plan.volume)],
      adjusted: at(plan.adjusted),
      instrument: at(plan.instrument),
      further: this.#furtherAt.map(at),
    };
    let start = 0;
    for await (const { rows, columns } of table.batches(this.#columns, signal)) {
      for (let row = 0; row < rows; row++) {
        if (
          places.instrument >= 0 && !this.#pick.takes(String(cellAt(columns[places.instrument]!, row)).trim())
        ) {
          continue;
        }
        let fault: string | null = null;
        try {
          this.#readRow(columns, row, places);
          fault = sink.add(this.#row);
        } catch (error) {
          if (!(error instanceof RowFault)) throw error;
          fault = error.message;
        }
        if (fault !== null) throw refusal({ label: `${label}`, ...placed(table.place(start + row)) }, fault);
        this.#taken?.push(start + row);
      }
      start += rows;
      yield;
    }
    this.#pick.end(label);
  }

  #readRow(columns: readonly CellColumn[], row: number, places: Places): void {
    const { plan } = this.#given;
    const times = columns[places.time]!;
    this.#row[0] = places.clock < 0 && areByteTexts(times)
      ? this.#timeIn(times, row)
      : this.#timeOf(cellAt(times, row), places.clock < 0 ? undefined : cellAt(columns[places.clock]!, row));
    for (let index = 0; index < candleValues.length; index++) {
      const at = places.values[index]!;
      const column = index < 4 ? plan.prices[index]! : plan.volume;
      this.#row[index + 1] = at < 0 || column === null
        ? NaN
        : this.#valueOf(cellAt(columns[at]!, row), { index, column });
    }
    if (places.adjusted >= 0) {
      adjust(
        this.#row,
        this.#valueOf(cellAt(columns[places.adjusted]!, row), { index: 3, column: plan.adjusted! }),
      );
    }
    for (let index = 0; index < places.further.length; index++) {
      const at = places.further[index]!;
      this.#row[rowFields + index] = at < 0 ? NaN : this.#furtherOf(cellAt(columns[at]!, row), index);
    }
  }

  /** A further value, with the digits that its column has. */
  #furtherOf(value: unknown, index: number): number {
    const { table, numbers } = this.#given;
    if (value === null || value === undefined) return NaN;
    const power = table.scales[this.#furtherAt[index]!]!;
    if (typeof value === "bigint") return Number(value) / power;
    if (typeof value === "number") return finite(power === 1 ? value : Math.round(value * power) / power);
    return typeof value === "string"
      ? this.#further.ofText(value.trim(), { index, missing: this.#missing, form: numbers })
      : this.#further.strangeValue(value, index);
  }

  #timeIn(texts: ByteTexts, row: number): number {
    const { times } = this.#given;
    const epochMs = times.takeBytes(texts.bytes, { from: texts.from(row), to: texts.to(row) });
    return Number.isNaN(epochMs) ? times.take(texts.text(row).trim()) : epochMs;
  }

  #timeOf(value: unknown, clock: unknown): number {
    const { times, timeKind } = this.#given;
    if (timeKind !== "text") {
      const epochMs = typeof value === "number" ? value : NaN;
      return times.takeMoment(epochMs, { isLocal: timeKind === "local moment" });
    }
    if (clock !== undefined) return times.take(`${cellText(value, "text")} ${cellText(clock, "text")}`);
    const { unit } = times;
    if (typeof value === "number" && Number.isNaN(value)) {
      throw new RowFault("ts_open must be a time, got null");
    }
    if (typeof value === "bigint" || typeof value === "number") {
      const plain = unit === "ms" ? Number(value) : unit === "s" ? Number(value) * 1000 : null;
      const epochMs = plain ?? (unit === null ? NaN : stampMs(String(value), unit) ?? NaN);
      if (Number.isInteger(epochMs) && times.takePlain(epochMs)) return epochMs;
      return times.take(cellText(value, "text"));
    }
    if (typeof value === "string") return times.take(value.trim());
    throw new RowFault(`ts_open must be a time, got ${shown(value)}`);
  }

  #valueOf(value: unknown, { index, column }: { readonly index: number; readonly column: number }): number {
    const { plan: { priceScale }, table, numbers } = this.#given;
    const scale = index < 4 ? priceScale : 1;
    if (value === null || value === undefined) return NaN;
    if (typeof value === "bigint") {
      return scale !== 1 && value === maxInt64 ? NaN : Number(value) / scale / table.scales[column]!;
    }
    if (typeof value === "number") {
      const power = table.scales[column]!;
      // the library multiplies by 0.01, which is not quite a hundredth
      return (power === 1 ? value : Math.round(value * power) / power) / scale;
    }
    if (typeof value === "string") {
      return valueOf(value.trim(), { index, missing: this.#missing, form: numbers }) / scale;
    }
    throw new RowFault(`${candleValues[index]} must be a number, got ${shown(value)}`);
  }
}

/** What cells are read with. */
export interface ReaderOptions {
  readonly furtherColumn: (name: string) => number | null;
  readonly table: CellTable;
  readonly plan: ColumnPlan;
  readonly times: TimeColumn;
  readonly timeKind: CellTable["timeKinds"][number];
  readonly numbers: { readonly decimal: "." | ","; readonly grouped: boolean };
  readonly options: TableOptions;
}

/** Where the parts of a candle are among the columns that are read, -1 where they are not. */
interface Places {
  readonly time: number;
  readonly clock: number;
  readonly values: readonly number[];
  readonly adjusted: number;
  readonly instrument: number;
  readonly further: readonly number[];
}

/** A cell as a text file would have it. */
export function cellText(cell: unknown, kind: CellTable["timeKinds"][number]): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "number") return typeof cell === "string" ? cell.trim() : String(cell);
  if (kind === "text") return decimalText(cell);
  if (!(Math.abs(cell) < 8.64e15)) return String(cell);
  const text = formatTimestamp(Math.floor(cell));
  return kind === "moment" ? text : text.replace("Z", "");
}

/** Digits without an exponent where a stamp may be meant: the float 1.7356896e18. */
function decimalText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value).toString() : String(value);
}

function placed(place: string): { readonly row?: number } {
  const row = /^ row (\d+)$/.exec(place)?.[1];
  return row === undefined ? {} : { row: Number(row) };
}
